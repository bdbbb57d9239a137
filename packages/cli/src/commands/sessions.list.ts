import { defineCommand } from "../command.ts";
import { integer, text, withDefault } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { ago } from "../views/duration.ts";

export const command = defineCommand({
  name: "sessions list",
  summary: "List conversations, newest first, with the tokens they took",
  arguments: {},
  options: {
    active: integer("--active <minutes>", { minimum: 1, maximum: 5_256_000 }, "Only those that changed within so long"),
    agent: text("--agent <id>", "Only those of one agent"),
    limit: withDefault(integer("--limit <rows>", { minimum: 1, maximum: 10_000 }, "How many at most"), 100),
    ...RPC_OPTIONS,
  },
  examples: [{ line: "sessions list --active 60", does: "Conversations of the last hour." }],
  async run(context, { options: { active, agent, limit, ...options } }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const answer = await connection.call("sessions.list", {
      limit,
      ...(active === undefined ? {} : { activeMinutes: active }),
      ...(agent === undefined ? {} : { agentId: agent }),
    });
    const now = Date.now();
    const rows = answer.sessions.map((session) => [
      session.key,
      session.label ?? session.displayName ?? "-",
      session.kind,
      session.updatedAt === null ? "-" : ago(session.updatedAt, now),
      session.model === undefined ? "-" : [session.modelProvider, session.model].filter(Boolean).join("/"),
      tokens(session.totalTokens, answer.defaults.contextTokens),
    ]);
    const columns = ["key", "name", "kind", "updated", "model", "tokens"];
    return { data: answer, view: [{ kind: "table", columns, rows, whenEmpty: "No conversation matches." }] };
  },
});

function tokens(total: number | undefined, window: number | null): string {
  if (total === undefined) return "-";
  return window === null || window === 0 ? String(total) : `${total} (${Math.round((total / window) * 100)} %)`;
}

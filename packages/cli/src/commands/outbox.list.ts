import { defineCommand } from "../command.ts";
import { choice, integer, text, withDefault } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { ago } from "../views/duration.ts";

export const command = defineCommand({
  name: "outbox list",
  summary: "List outbound messages and what became of each",
  arguments: {},
  options: {
    state: choice("--state <state>", ["queued", "sending", "sent", "dead", "unknown"], "Only messages in this state"),
    channel: text("--channel <channel>", "Only this channel, for example telegram"),
    limit: withDefault(integer("--limit <rows>", { minimum: 1, maximum: 1000 }, "How many at most"), 50),
    ...RPC_OPTIONS,
  },
  examples: [{ line: "outbox list --state dead", does: "What could not be sent, and why." }],
  async run(context, { options: { state, channel, limit, ...options } }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const answer = await connection.call("outbox.list", {
      limit,
      ...(state === undefined ? {} : { state }),
      ...(channel === undefined ? {} : { channel }),
    });
    const now = Date.now();
    const rows = answer.rows.map((row) => [
      row.id,
      row.state,
      `${row.channel}/${row.accountId}`,
      row.chatId,
      String(row.attempts),
      ago(row.createdAt, now),
      row.reason ?? row.preview,
    ]);
    const columns = ["id", "state", "account", "chat", "tries", "asked for", "reason or text"];
    return { data: answer, view: [{ kind: "table", columns, rows, whenEmpty: "No outbound message matches." }] };
  },
});

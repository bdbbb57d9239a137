import { defineCommand } from "../command.ts";
import { choice, integer, text, withDefault } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { ago } from "../views/duration.ts";

export const command = defineCommand({
  name: "inbox list",
  summary: "List inbound messages and what became of each",
  arguments: {},
  options: {
    state: choice("--state <state>", ["received", "answered", "ignored", "failed"], "Only messages in this state"),
    channel: text("--channel <channel>", "Only this channel, for example telegram"),
    limit: withDefault(integer("--limit <rows>", { minimum: 1, maximum: 1000 }, "How many at most"), 50),
    ...RPC_OPTIONS,
  },
  examples: [{ line: "inbox list --state ignored", does: "What was not answered, and why." }],
  async run(context, { options: { state, channel, limit, ...options } }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const answer = await connection.call("inbox.list", {
      limit,
      ...(state === undefined ? {} : { state }),
      ...(channel === undefined ? {} : { channel }),
    });
    const now = Date.now();
    const rows = answer.rows.map((row) => [
      String(row.id),
      row.state,
      `${row.channel}/${row.accountId}`,
      ago(row.receivedAt, now),
      row.reason ?? row.runId ?? "",
    ]);
    const columns = ["id", "state", "account", "received", "reason or run"];
    return { data: answer, view: [{ kind: "table", columns, rows, whenEmpty: "No inbound message matches." }] };
  },
});

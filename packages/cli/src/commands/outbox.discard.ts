import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "outbox discard",
  summary: "Give up a message that waits or is unknown",
  arguments: { id: argument("<id>", "The message, as outbox list names it") },
  options: RPC_OPTIONS,
  examples: [
    {
      line: "outbox discard 8e85fea2-3b68-451e-afe4-24ddbff7e501",
      does: "It is not sent, and does not hold its chat any more.",
    },
  ],
  async run(context, { options, arguments: { id } }) {
    await using connection = await connect(context, options, ["operator.write"]);
    const answer = await connection.call("outbox.discard", { id });
    return { data: answer, view: [line(`${id} is given up (${answer.row.state}).`)] };
  },
});

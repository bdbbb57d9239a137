import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "outbox retry",
  summary: "Send a dead or unknown message once more",
  arguments: { id: argument("<id>", "The message, as outbox list names it") },
  options: RPC_OPTIONS,
  examples: [
    {
      line: "outbox retry 8e85fea2-3b68-451e-afe4-24ddbff7e501",
      does: "It is sent again as it is, with a new deadline.",
    },
  ],
  async run(context, { options, arguments: { id } }) {
    await using connection = await connect(context, options, ["operator.write"]);
    const answer = await connection.call("outbox.retry", { id });
    return { data: answer, view: [line(`${id} is queued again (${answer.row.state}).`)] };
  },
});

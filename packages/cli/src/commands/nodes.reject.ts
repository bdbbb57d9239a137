import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "nodes reject",
  summary: "Refuse what a node asks to offer",
  arguments: { requestId: argument("<requestId>", "The request, as nodes pending shows it") },
  options: RPC_OPTIONS,
  examples: [{ line: "nodes reject 4d1af147-525f-42ed-a5df-c21b8c65a836", does: "It is asked nothing." }],
  async run(context, { options, arguments: { requestId } }) {
    await using connection = await connect(context, options, ["operator.pairing"]);
    const answer = await connection.call("node.pair.reject", { requestId });
    return { data: answer, view: [line([toned("good", "rejected"), ` ${answer.nodeId}`])] };
  },
});

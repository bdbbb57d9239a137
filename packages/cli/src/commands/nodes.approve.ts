import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { fields, line, toned } from "../output.ts";

export const command = defineCommand({
  name: "nodes approve",
  summary: "Let a node offer what it asks to",
  description:
    "A node that runs programs may do what an administrator may, so that takes an administrator's credential.",
  arguments: { requestId: argument("<requestId>", "The request, as nodes pending shows it") },
  options: RPC_OPTIONS,
  examples: [{ line: "nodes approve 4d1af147-525f-42ed-a5df-c21b8c65a836", does: "It may be used at once." }],
  async run(context, { options, arguments: { requestId } }) {
    await using connection = await connect(context, options, ["operator.pairing", "operator.admin"]);
    const answer = await connection.call("node.pair.approve", { requestId });
    const { nodeId, displayName = nodeId, commands = [], token } = answer.node;
    return {
      data: answer,
      view: [
        line([toned("good", "approved"), ` ${displayName}`]),
        fields(
          ["node", nodeId],
          ["commands", commands.join(", ") || "-"],
          ...(token === undefined ? [] : [["token, shown this once", token] as const]),
        ),
      ],
    };
  },
});

import { defineCommand } from "../command.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { findNode } from "../nodes/find-node.ts";
import { NODE_OPTION } from "../nodes/invoke.ts";
import { nodeBlocks } from "../views/nodes.ts";

export const command = defineCommand({
  name: "nodes describe",
  summary: "Show one node: what it is, what it offers, what it can be asked",
  arguments: {},
  options: { node: NODE_OPTION, ...RPC_OPTIONS },
  examples: [{ line: "nodes describe --node kitchen", does: "The commands it takes." }],
  async run(context, { options: { node: wanted, ...options } }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const { nodeId } = await findNode(connection, wanted, context.self);
    const answer = await connection.call("node.describe", { nodeId });
    return { data: answer, view: nodeBlocks(answer, answer.ts) };
  },
});

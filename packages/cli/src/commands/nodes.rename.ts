import { defineCommand } from "../command.ts";
import { requiredText } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { findNode } from "../nodes/find-node.ts";
import { NODE_OPTION } from "../nodes/invoke.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "nodes rename",
  summary: "Give a node another name",
  arguments: {},
  options: { node: NODE_OPTION, name: requiredText("--name <name>", "What it is called from now on"), ...RPC_OPTIONS },
  examples: [{ line: "nodes rename --node fe812c --name Kitchen", does: "Then --node kitchen means it." }],
  async run(context, { options: { node: wanted, name, ...options } }) {
    await using connection = await connect(context, options, ["operator.read", "operator.pairing"]);
    const { nodeId } = await findNode(connection, wanted, context.self);
    const answer = await connection.call("node.rename", { nodeId, displayName: name });
    return { data: answer, view: [line([toned("good", "renamed"), ` ${nodeId.slice(0, 12)} to ${name}`])] };
  },
});

import { defineCommand } from "../command.ts";
import { askNode, doneOutput, nodeOptions } from "../nodes/invoke.ts";

export const command = defineCommand({
  name: "nodes canvas hide",
  summary: "Hide a node's canvas",
  arguments: {},
  options: nodeOptions({ invoke: 15_000, rpc: 20_000 }),
  examples: [{ line: "nodes canvas hide --node studio", does: "It is gone until it is presented again." }],
  async run(context, { options }) {
    return doneOutput(await askNode(context, options, { command: "canvas.hide" }), "hidden");
  },
});

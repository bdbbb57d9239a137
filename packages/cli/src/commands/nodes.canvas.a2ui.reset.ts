import { defineCommand } from "../command.ts";
import { askNode, doneOutput, nodeOptions } from "../nodes/invoke.ts";

export const command = defineCommand({
  name: "nodes canvas a2ui reset",
  summary: "Clear what A2UI messages made on a node's canvas",
  arguments: {},
  options: nodeOptions({ invoke: 15_000, rpc: 20_000 }),
  examples: [{ line: "nodes canvas a2ui reset --node kitchen", does: "An empty canvas." }],
  async run(context, { options }) {
    return doneOutput(await askNode(context, options, { command: "canvas.a2ui.reset" }), "cleared");
  },
});

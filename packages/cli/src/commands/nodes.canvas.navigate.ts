import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { askNode, doneOutput, nodeOptions } from "../nodes/invoke.ts";

export const command = defineCommand({
  name: "nodes canvas navigate",
  summary: "Show a page on a node's canvas",
  arguments: { url: argument("<url>", "An address, or a path of the canvas; / is its first page") },
  options: nodeOptions({ invoke: 15_000, rpc: 20_000 }),
  examples: [{ line: "nodes canvas navigate https://example.com --node studio", does: "Shows it." }],
  async run(context, { options, arguments: { url } }) {
    const reply = await askNode(context, options, { command: "canvas.navigate", params: { url } });
    return doneOutput(reply, "shown");
  },
});

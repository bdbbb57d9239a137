import { defineCommand } from "../command.ts";
import { text } from "../command-line/options.ts";
import { askNode, doneOutput, given, nodeOptions } from "../nodes/invoke.ts";
import { decimal } from "../nodes/options.ts";

const FARTHEST: readonly [number, number] = [-100_000, 100_000];

export const command = defineCommand({
  name: "nodes canvas present",
  summary: "Show a node's canvas",
  arguments: {},
  options: {
    target: text("--target <urlOrPath>", "What it shows: an address, or a path of the canvas"),
    x: decimal("--x <points>", FARTHEST, "Where, from the left"),
    y: decimal("--y <points>", FARTHEST, "Where, from the top"),
    width: decimal("--width <points>", [1, 100_000], "How wide"),
    height: decimal("--height <points>", [1, 100_000], "How high"),
    ...nodeOptions({ invoke: 15_000, rpc: 20_000 }),
  },
  examples: [{ line: "nodes canvas present --node studio --target https://example.com", does: "Shows a page." }],
  async run(context, { options }) {
    const { target: url, x, y, width, height } = options;
    const placement = given({ x, y, width, height });
    const isPlaced = Object.keys(placement).length > 0;
    const params = given({ url, placement: isPlaced ? placement : undefined });
    return doneOutput(await askNode(context, options, { command: "canvas.present", params }), "shown");
  },
});

import { defineCommand } from "../command.ts";
import { choice, integer, withDefault } from "../command-line/options.ts";
import { askNode, given, nodeOptions } from "../nodes/invoke.ts";
import { mediaLine, writeMedia } from "../nodes/media-file.ts";
import { decimal } from "../nodes/options.ts";

export const command = defineCommand({
  name: "nodes canvas snapshot",
  summary: "Take a picture of a node's canvas; prints MEDIA:<file>",
  arguments: {},
  options: {
    format: withDefault(choice("--format <format>", ["png", "jpg", "jpeg"], "The kind of picture"), "jpg"),
    maxWidth: integer("--max-width <pixels>", { minimum: 1, maximum: 16_384 }, "How wide at most"),
    quality: decimal("--quality <q>", [0, 1], "From 0 to 1"),
    ...nodeOptions({ invoke: 20_000, rpc: 60_000 }),
  },
  examples: [{ line: "nodes canvas snapshot --node kitchen --format png", does: "What it shows." }],
  async run(context, { options }) {
    const { format, maxWidth, quality } = options;
    const params = given({ format: format === "png" ? "png" : "jpeg", maxWidth, quality });
    const { payload } = await askNode(context, options, { command: "canvas.snapshot", params });
    const file = await writeMedia(payload, "canvas");
    return { data: { file }, view: [mediaLine(file)] };
  },
});

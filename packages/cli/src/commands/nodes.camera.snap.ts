import { defineCommand } from "../command.ts";
import { choice, integer, text, withDefault } from "../command-line/options.ts";
import { askNode, given, nodeOptions } from "../nodes/invoke.ts";
import { mediaLine, type MediaFile, writeMedia } from "../nodes/media-file.ts";
import { decimal } from "../nodes/options.ts";

export const command = defineCommand({
  name: "nodes camera snap",
  summary: "Take a picture with a node's camera; prints MEDIA:<file>",
  description: "The file is new, in the directory for temporary files, and only you can read it. Nobody removes it.",
  arguments: {},
  options: {
    facing: withDefault(choice("--facing <side>", ["front", "back", "both"], "Which camera"), "both"),
    deviceId: text("--device-id <id>", "This camera, as nodes camera list shows it"),
    maxWidth: integer("--max-width <pixels>", { minimum: 1, maximum: 16_384 }, "How wide at most"),
    quality: decimal("--quality <q>", [0, 1], "From 0 to 1"),
    delayMs: integer("--delay-ms <ms>", { minimum: 0, maximum: 60_000 }, "Wait for the camera to adjust"),
    ...nodeOptions({ invoke: 20_000, rpc: 60_000 }),
  },
  examples: [{ line: "nodes camera snap --node phone --facing back", does: "One picture." }],
  async run(context, { options }) {
    const { facing, deviceId, maxWidth, quality, delayMs } = options;
    const sides = deviceId !== undefined ? [undefined] : facing === "both" ? (["front", "back"] as const) : [facing];
    const files: (MediaFile & { readonly facing?: string })[] = [];
    for (const side of sides) {
      const params = given({ facing: side, deviceId, maxWidth, quality, delayMs, format: "jpg" });
      const { payload } = await askNode(context, options, { command: "camera.snap", params });
      const file = await writeMedia(payload, side === undefined ? "camera" : `camera-${side}`);
      files.push(side === undefined ? file : { ...file, facing: side });
    }
    return { data: { files }, view: files.map(mediaLine) };
  },
});

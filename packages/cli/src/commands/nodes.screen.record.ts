import { defineCommand } from "../command.ts";
import { integer, negatableFlag, text, withDefault } from "../command-line/options.ts";
import { askNode, nodeOptions } from "../nodes/invoke.ts";
import { mediaLine, writeMedia } from "../nodes/media-file.ts";
import { recordingTime } from "../nodes/options.ts";

export const command = defineCommand({
  name: "nodes screen record",
  summary: "Film a node's screen; prints MEDIA:<file>",
  arguments: {},
  options: {
    screen: withDefault(integer("--screen <index>", { minimum: 0, maximum: 63 }, "Which screen"), 0),
    duration: recordingTime("--duration <time>", 10_000),
    fps: withDefault(integer("--fps <n>", { minimum: 1, maximum: 60 }, "Pictures per second"), 10),
    audio: negatableFlag("--no-audio", "Without sound"),
    out: text("--out <file>", "Write it there; the file must not exist"),
    ...nodeOptions({ invoke: 120_000, rpc: 180_000 }),
  },
  examples: [{ line: "nodes screen record --node studio --duration 5s --out demo.mp4", does: "Five seconds." }],
  async run(context, { options }) {
    const { screen: screenIndex, duration: durationMs, fps, audio: includeAudio, out } = options;
    const params = { screenIndex, durationMs, fps, includeAudio, format: "mp4" };
    const { payload } = await askNode(context, options, { command: "screen.record", params });
    const file = await writeMedia(payload, "screen", out);
    return { data: { file }, view: [mediaLine(file)] };
  },
});

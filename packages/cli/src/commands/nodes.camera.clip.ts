import { defineCommand } from "../command.ts";
import { negatableFlag, text, withDefault } from "../command-line/options.ts";
import { askNode, given, nodeOptions } from "../nodes/invoke.ts";
import { mediaLine, writeMedia } from "../nodes/media-file.ts";
import { FACING_OPTION, recordingTime } from "../nodes/options.ts";

export const command = defineCommand({
  name: "nodes camera clip",
  summary: "Film with a node's camera; prints MEDIA:<file>",
  arguments: {},
  options: {
    facing: withDefault(FACING_OPTION, "front"),
    deviceId: text("--device-id <id>", "This camera, as nodes camera list shows it"),
    duration: recordingTime("--duration <time>", 3_000),
    audio: negatableFlag("--no-audio", "Without sound"),
    ...nodeOptions({ invoke: 90_000, rpc: 90_000 }),
  },
  examples: [{ line: "nodes camera clip --node phone --duration 5s --no-audio", does: "Five seconds." }],
  async run(context, { options }) {
    const { facing, deviceId, duration: durationMs, audio: includeAudio } = options;
    const side = deviceId === undefined ? facing : undefined;
    const params = given({ facing: side, deviceId, durationMs, includeAudio, format: "mp4" });
    const { payload } = await askNode(context, options, { command: "camera.clip", params });
    const file = await writeMedia(payload, "clip");
    return { data: { file }, view: [mediaLine(file)] };
  },
});

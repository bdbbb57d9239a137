import { defineCommand } from "../command.ts";
import { choice, integer, withDefault } from "../command-line/options.ts";
import { askNode, given, nodeOptions } from "../nodes/invoke.ts";
import { fields } from "../output.ts";
import { isRecord } from "../records.ts";

const SHOWN = ["lat", "lon", "accuracyMeters", "altitudeMeters", "speedMps", "headingDeg", "timestamp", "source"];

export const command = defineCommand({
  name: "nodes location get",
  summary: "Ask a node where it is",
  arguments: {},
  options: {
    accuracy: choice("--accuracy <level>", ["coarse", "balanced", "precise"], "How exactly"),
    maxAge: integer("--max-age <ms>", { minimum: 0, maximum: 86_400_000 }, "How old the answer may be"),
    locationTimeout: withDefault(
      integer("--location-timeout <ms>", { minimum: 1, maximum: 600_000 }, "How long the node looks for it"),
      10_000,
    ),
    ...nodeOptions({ invoke: 20_000, rpc: 30_000 }),
  },
  examples: [{ line: "nodes location get --node phone --accuracy precise", does: "Where the phone is." }],
  async run(context, { options }) {
    const { accuracy: desiredAccuracy, maxAge: maxAgeMs, locationTimeout: timeoutMs } = options;
    const params = given({ timeoutMs, maxAgeMs, desiredAccuracy });
    const { payload, answer } = await askNode(context, options, { command: "location.get", params });
    const found = isRecord(payload) ? payload : {};
    const shown = SHOWN.flatMap((name) => {
      const value = found[name];
      return typeof value === "string" || typeof value === "number" ? [[name, String(value)] as const] : [];
    });
    return { data: answer, view: [fields(...shown)] };
  },
});

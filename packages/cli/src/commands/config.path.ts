import { defineCommand } from "../command.ts";
import { flag } from "../command-line/options.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "config path",
  summary: "Print where the configuration file is",
  arguments: {},
  options: { json: flag("--json", "Print JSON for scripts") },
  examples: [{ line: "--profile work config path", does: "Where the profile's own file is, or would be." }],
  async run(context) {
    const { configPath, exists } = await context.host.locate(context.selection);
    return { data: { path: configPath, exists }, view: [line(configPath)] };
  },
});

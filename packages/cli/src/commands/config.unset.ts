import { defineCommand } from "../command.ts";
import { argument, flag } from "../command-line/options.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "config unset",
  summary: "Remove one key from the configuration file, so that its default counts",
  description: "The whole file is checked first, and stays as it is when it would not be valid.",
  arguments: {
    path: argument("<path>", "Keys with dots between them, for example gateway.port or agents.list[0]"),
  },
  options: { json: flag("--json", "Print JSON for scripts") },
  examples: [{ line: "config unset gateway.port", does: "Goes back to the default port." }],
  async run(context, { arguments: { path } }) {
    const config = await context.host.openConfig(context.selection);
    const removed = await config.unset(path);
    return {
      data: { ok: true, removed, path, configPath: config.path },
      view: removed
        ? [
            line([toned("good", "Removed "), `${path} from ${config.path}.`]),
            line("Restart the gateway for it to take effect."),
          ]
        : [line(`${config.path} does not say anything at ${path}.`)],
    };
  },
});

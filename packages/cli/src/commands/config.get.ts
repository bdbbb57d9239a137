import { defineCommand } from "../command.ts";
import { argument, flag } from "../command-line/options.ts";
import { CliError } from "../errors.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "config get",
  summary: "Show one value of the configuration file, or its default",
  description:
    "Objects and lists are shown without the credentials in them; a credential is shown when its own path is given.",
  arguments: { path: argument("<path>", "Keys with dots between them, for example gateway.port or agents.list[0].id") },
  options: { json: flag("--json", "Print JSON for scripts") },
  examples: [{ line: "config get gateway.port", does: "Shows the port." }],
  async run(context, { arguments: { path } }) {
    const config = await context.host.openConfig(context.selection);
    const found = config.get(path);
    if (!found) {
      throw new CliError(
        "failure",
        `${config.path} says nothing at ${path}, and it has no default.`,
        "Look at docs/config.md for the keys there are.",
      );
    }
    const { value } = found;
    const text = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
    return { data: value, view: [line(text)] };
  },
});

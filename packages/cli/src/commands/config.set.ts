import { defineCommand } from "../command.ts";
import { argument, flag } from "../command-line/options.ts";
import { CliError } from "../errors.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "config set",
  summary: "Change one value in the configuration file",
  description:
    "The whole file is checked first, and stays as it is when it would not be valid. Comments stay where they are. A running gateway goes on with what it read when it started.",
  arguments: {
    path: argument("<path>", "Keys with dots between them, for example gateway.port or agents.list[0].id"),
    value: argument("<value>", "JSON5, or else the text as it is"),
  },
  options: { json: flag("--json", "Refuse a value that is not JSON5, and print JSON for scripts") },
  examples: [
    { line: "config set gateway.port 19789", does: "Sets a number." },
    { line: "config set agents.list[0].name Molty", does: "Sets a text." },
  ],
  async run(context, { arguments: { path, value: word }, options }) {
    const value = await readValue(word, options.json);
    const config = await context.host.openConfig(context.selection);
    await config.set(path, value);
    return {
      data: { ok: true, path, configPath: config.path },
      view: [
        line([toned("good", "Set "), `${path} in ${config.path}.`]),
        line("Restart the gateway for it to take effect."),
      ],
    };
  },
});

async function readValue(word: string, isStrict: boolean): Promise<unknown> {
  const { default: json5 } = await import("json5");
  try {
    return json5.parse(word);
  } catch {
    if (!isStrict) return word;
    throw new CliError("usage", "The value is not JSON5.", "Put texts in quotes, or leave out --json.");
  }
}

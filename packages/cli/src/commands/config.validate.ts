import { defineCommand } from "../command.ts";
import { flag } from "../command-line/options.ts";
import { EXIT } from "../exit-codes.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "config validate",
  summary: "Check the configuration file like the gateway does when it starts",
  description: "Exits 0 when a gateway would start on it, 1 when it would not.",
  arguments: {},
  options: { json: flag("--json", "Print JSON for scripts") },
  examples: [{ line: "config validate", does: "Names everything that is wrong, with the key." }],
  async run(context) {
    const { path, exists, problems } = await context.host.openConfig(context.selection);
    const isValid = problems.length === 0;
    const verdict = !exists
      ? line(`There is no ${path}; the defaults count.`)
      : isValid
        ? line([toned("good", "Valid: "), path])
        : line([toned("bad", "Not valid: "), path]);
    return {
      data: { ok: isValid, path, exists, problems },
      view: [verdict, ...problems.map((problem) => line(`  ${problem}`))],
      exitCode: isValid ? EXIT.ok : EXIT.failure,
    };
  },
});

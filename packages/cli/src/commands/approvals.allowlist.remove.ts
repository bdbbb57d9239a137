import { changedLine } from "../approvals/approvals-view.ts";
import { openTarget, TARGET_OPTIONS } from "../approvals/approvals-target.ts";
import { defineCommand } from "../command.ts";
import { argument, text, withDefault } from "../command-line/options.ts";
import { CliError } from "../errors.ts";

export const command = defineCommand({
  name: "approvals allowlist remove",
  summary: "Take a program from the list of those that run without asking",
  arguments: { pattern: argument("<pattern>", "As approvals get shows it") },
  options: {
    agent: withDefault(text("--agent <id>", "From the list of this agent; * for that of all"), "*"),
    ...TARGET_OPTIONS,
  },
  examples: [{ line: "approvals allowlist remove /usr/bin/git", does: "Git is asked about again here." }],
  async run(context, { options, arguments: { pattern } }) {
    const { withoutEntry } = await import("@openclaw/exec-host");
    await using target = await openTarget(context, options);
    const { file, hash } = await target.read();
    const edited = withoutEntry(file, options.agent, pattern);
    if (edited === file) {
      throw new CliError(
        "failure",
        `${pattern} is not in the list of agent ${options.agent} on ${target.name}.`,
        `See what is: ${context.self} approvals get`,
      );
    }
    const view = await target.write(edited, hash);
    return { data: view, view: [changedLine(target.name, `removed ${pattern} for agent ${options.agent}`)] };
  },
});

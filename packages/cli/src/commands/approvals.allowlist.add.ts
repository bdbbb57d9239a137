import { changedLine } from "../approvals/approvals-view.ts";
import { openTarget, TARGET_OPTIONS } from "../approvals/approvals-target.ts";
import { defineCommand } from "../command.ts";
import { argument, text, withDefault } from "../command-line/options.ts";
import { CliError } from "../errors.ts";

export const command = defineCommand({
  name: "approvals allowlist add",
  summary: "Let a program run without asking",
  description:
    "The pattern is one of the program's full path, links followed; * stands for all but a slash, ** for all. Shells and interpreters need their path letter by letter.",
  arguments: { pattern: argument("<pattern>", "For example /usr/bin/git, or /opt/tools/*") },
  options: {
    agent: withDefault(text("--agent <id>", "For this agent; * for all"), "*"),
    ...TARGET_OPTIONS,
  },
  examples: [{ line: "approvals allowlist add /usr/bin/git --node build-box", does: "Git runs there without asking." }],
  async run(context, { options, arguments: { pattern } }) {
    if (!pattern.startsWith("/") && !pattern.startsWith("~/") && !pattern.startsWith("*")) {
      throw new CliError("usage", `${pattern} is no path: a name alone allows nothing.`, "Give the full path.");
    }
    const { withEntry } = await import("@openclaw/exec-host");
    await using target = await openTarget(context, options);
    const { file, exists, hash, ...rest } = await target.read();
    const edited = withEntry(file, options.agent, { pattern });
    if (edited === file) {
      return {
        data: { ...rest, exists, hash, file },
        view: [changedLine(target.name, `${pattern} was listed already`)],
      };
    }
    const view = await target.write(edited, exists ? hash : undefined);
    return { data: view, view: [changedLine(target.name, `added ${pattern} for agent ${options.agent}`)] };
  },
});

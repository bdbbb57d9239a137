import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";

import { approvalsBlocks } from "../approvals/approvals-view.ts";
import { openTarget, TARGET_OPTIONS } from "../approvals/approvals-target.ts";
import { defineCommand } from "../command.ts";
import { flag, text } from "../command-line/options.ts";
import { CliError } from "../errors.ts";

export const command = defineCommand({
  name: "approvals set",
  summary: "Replace what may run on a machine",
  description: "On this machine, unless --gateway or --node says otherwise.",
  arguments: {},
  options: {
    file: text("--file <path>", "The new file"),
    stdin: flag("--stdin", "Read the new file from standard input"),
    ...TARGET_OPTIONS,
  },
  examples: [{ line: "approvals set --file ./exec-approvals.json --gateway", does: "Replaces the gateway's file." }],
  async run(context, { options }) {
    const { file, stdin } = options;
    if ((file === undefined) === !stdin)
      throw new CliError(
        "usage",
        "approvals set takes --file or --stdin, one of the two.",
        "Say where the new file is.",
      );
    const document = parsed(
      file === undefined ? await readAll(process.stdin) : await read(file),
      file ?? "What came on standard input",
      context.self,
    );
    await using target = await openTarget(context, options);
    const view = await target.write(document);
    return { data: view, view: approvalsBlocks(target.name, view) };
  },
});

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CliError("usage", `--file ${path} can not be read: ${reason}.`, "Name a JSON file.");
  }
}

function parsed(text: string, source: string, self: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const remedy = `Correct it; ${self} approvals get --json shows the form.`;
    throw new CliError("usage", `${source} is not JSON.`, remedy, { cause: error });
  }
}

import { readFile } from "node:fs/promises";

import { defineCommand } from "../command.ts";
import { text } from "../command-line/options.ts";
import { CliError } from "../errors.ts";
import { a2uiText, checkA2ui } from "../nodes/a2ui.ts";
import { askNode, doneOutput, nodeOptions } from "../nodes/invoke.ts";

export const command = defineCommand({
  name: "nodes canvas a2ui push",
  summary: "Send A2UI messages (version 0.8) to a node's canvas",
  arguments: {},
  options: {
    jsonl: text("--jsonl <file>", "A file with one message on each line"),
    text: text("--text <text>", "Just show this text"),
    ...nodeOptions({ invoke: 15_000, rpc: 20_000 }),
  },
  examples: [{ line: `nodes canvas a2ui push --node kitchen --text "Dinner is ready"`, does: "Shows a text." }],
  async run(context, { options }) {
    const { jsonl: file, text: shown } = options;
    if ((file === undefined) === (shown === undefined)) {
      throw new CliError("usage", "What is to be shown?", "Give --jsonl or --text.");
    }
    const jsonl = file === undefined ? a2uiText(shown ?? "") : checkA2ui(await read(file));
    return doneOutput(await askNode(context, options, { command: "canvas.a2ui.push", params: { jsonl } }), "shown");
  },
});

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CliError("usage", `--jsonl ${file} can not be read: ${reason}.`, "Name a file with A2UI messages.");
  }
}

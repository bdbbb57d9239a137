import { defineCommand } from "../command.ts";
import { optionalArgument, text } from "../command-line/options.ts";
import { CliError } from "../errors.ts";
import { askNode, nodeOptions } from "../nodes/invoke.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "nodes canvas eval",
  summary: "Run JavaScript in the page on a node's canvas",
  arguments: { script: optionalArgument("[js]", "The script; or give --js") },
  options: { js: text("--js <script>", "The script"), ...nodeOptions({ invoke: 15_000, rpc: 20_000 }) },
  examples: [{ line: `nodes canvas eval "document.title" --node studio`, does: "Prints the page's title." }],
  async run(context, { options, arguments: { script } }) {
    const javaScript = options.js ?? script;
    if (javaScript === undefined)
      throw new CliError("usage", "There is no script.", "Give it as a word, or with --js.");
    const { payload, answer } = await askNode(context, options, { command: "canvas.eval", params: { javaScript } });
    const shown = typeof payload === "string" ? payload : (JSON.stringify(payload, undefined, 2) ?? "done");
    return { data: answer, view: [line(shown)] };
  },
});

// Prints one line per syntax error of the given Swift files: path:line:column and the text there.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Language, Parser } from "web-tree-sitter";

await Parser.init();
const grammar = fileURLToPath(import.meta.resolve("tree-sitter-wasms/out/tree-sitter-swift.wasm"));
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

for (const file of process.argv.slice(2)) {
  const tree = parser.parse(readFileSync(file, "utf8"));
  if (tree) report(file, tree.rootNode);
}

function report(file, node) {
  if (node.isError || node.isMissing) {
    const { row, column } = node.startPosition;
    process.stdout.write(`${file}:${row + 1}:${column + 1}: ${node.text.split("\n")[0]?.slice(0, 80)}\n`);
  } else if (node.hasError) {
    for (const child of node.children) report(file, child);
  }
}

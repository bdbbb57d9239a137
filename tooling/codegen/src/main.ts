// Generates everything that follows from the protocol contracts, or with --check compares it with what is on disk.
//
//   node --conditions=@openclaw/source tooling/codegen/src/main.ts [--check] [--only swift]
import { parseArgs } from "node:util";

import { generate, type GeneratedFile, staleFiles, writeFiles } from "./generate.ts";

const { values } = parseArgs({ options: { check: { type: "boolean" }, only: { type: "string" } } });
const root = new URL("../../../", import.meta.url);

if (values.only !== undefined && values.only !== "swift") {
  process.stderr.write(`Unknown part "${values.only}" after --only. Expected: swift.\n`);
  process.exitCode = 64;
} else {
  const files = await generate(root, values.only === "swift" ? isSwift : undefined);
  if (values.check) await check(files);
  else await write(files);
}

function isSwift(path: string): boolean {
  return path.startsWith("packages/protocol-swift/");
}

async function check(files: readonly GeneratedFile[]): Promise<void> {
  const stale = await staleFiles(root, files);
  if (stale.length === 0) {
    process.stdout.write(`${files.length} generated files are up to date.\n`);
    return;
  }
  process.stderr.write(
    `${stale.length} of ${files.length} generated files are stale:\n${stale.map((path) => `  ${path}\n`).join("")}` +
      "Regenerate and commit them: pnpm protocol:gen\n",
  );
  process.exitCode = 1;
}

async function write(files: readonly GeneratedFile[]): Promise<void> {
  const written = await writeFiles(root, files);
  process.stdout.write(
    `${files.length} files generated, ${written.length} changed.\n${written.map((path) => `  ${path}\n`).join("")}`,
  );
}

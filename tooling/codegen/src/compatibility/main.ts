// Fails when the wire broke a promise to clients that were built before, unless a changeset says so.
//
//   node --conditions=@openclaw/source tooling/codegen/src/compatibility/main.ts [--base <commit>]
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { parseArgs, promisify } from "node:util";
import { fileURLToPath } from "node:url";

import { announcesMajor } from "./changesets.ts";
import { breakingChanges } from "./compare.ts";
import { parseSchema } from "./schema-file.ts";

const SCHEMA_PATH = "packages/protocol/gen/protocol.schema.json";
const root = new URL("../../../../", import.meta.url);

const { values } = parseArgs({ options: { base: { type: "string", default: "origin/main" } } });
const before = await schemaAt(values.base);
const after = parseSchema(await readFile(new URL(SCHEMA_PATH, root), "utf8"));
const breaking = breakingChanges(before, after);

if (breaking.length === 0) {
  process.stdout.write(`The protocol keeps every promise of ${values.base}.\n`);
} else {
  const list = breaking.map(({ path, reason }) => `  ${path} ${reason}\n`).join("");
  const isAnnounced = await announcesMajor(fileURLToPath(new URL(".changeset/", root)), "@openclaw/protocol");
  process.stderr.write(`${breaking.length} changes of the protocol break clients of ${values.base}:\n${list}`);
  if (isAnnounced) process.stderr.write("A changeset announces a major version of @openclaw/protocol.\n");
  else {
    process.stderr.write(
      'Undo them, or add a changeset that says "@openclaw/protocol": major and tells clients what to do.\n',
    );
    process.exitCode = 1;
  }
}

async function schemaAt(commit: string): Promise<ReturnType<typeof parseSchema>> {
  const { stdout } = await promisify(execFile)("git", ["show", `${commit}:${SCHEMA_PATH}`], {
    cwd: fileURLToPath(root),
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  return parseSchema(stdout);
}

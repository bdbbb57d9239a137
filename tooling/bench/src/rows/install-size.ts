import { execFile } from "node:child_process";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";

import { limitLine, type Row } from "../row.ts";

const run = promisify(execFile);
const PACK = fileURLToPath(new URL("../../../../apps/gateway/scripts/pack.mjs", import.meta.url));
const INSTALL_TIMEOUT_MS = 180_000;
const MEBIBYTE = 1024 * 1024;

/** The packed program with everything that npm brings along, on disk, in an empty prefix. */
export const installSizeRow: Row = {
  name: "install-size",
  summary: "packed npm install without WhatsApp",
  async measure() {
    await using directory = await createTempDirectory("openclaw-bench");
    await run(process.execPath, [PACK, directory.path]);
    const tarball = (await readdir(directory.path)).find((name) => name.endsWith(".tgz"));
    if (tarball === undefined) throw new Error("Packing left no tarball.");
    const prefix = join(directory.path, "prefix");
    const options = ["--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", "--prefix", prefix, ...options, join(directory.path, tarball)], {
      timeout: INSTALL_TIMEOUT_MS,
    });
    const measured = (await bytesBelow(join(prefix, "node_modules"))) / MEBIBYTE;
    return [limitLine("packed npm install, without WhatsApp", { measured, unit: "MiB", budget: 30 })];
  },
};

async function bytesBelow(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { runProcess } from "@openclaw/testkit/process";

const APPLICATION = fileURLToPath(new URL("../../..", import.meta.url));
const ROOT = join(APPLICATION, "..", "..");
const CACHE = join(ROOT, ".cache", "e2e");
const INSTALL_DEADLINE_MS = 120_000;
/** For the hook of a test file that needs the installation: building, packing, installing, and waiting for another file. */
export const INSTALL_TIMEOUT_MS = 3 * INSTALL_DEADLINE_MS;

/** The packed program, installed by npm into a prefix of its own. */
export interface Installation {
  /** The command that a person would run. */
  readonly command: string;
  /** Where npm put the package. */
  readonly packageDirectory: string;
  readonly tarball: string;
}

/** For a test: a few dozen starts of a process, on a machine that is busy with other things. */
export const TEST_TIMEOUT_MS = 90_000;

let installing: Promise<Installation> | undefined;

/**
 * Packs what is built and installs it, once for the same build however many test files and runs ask. Builds first when
 * a source is newer than the build, so that a stale one is never what is tested.
 */
export function installation(): Promise<Installation> {
  installing ??= install();
  return installing;
}

async function install(): Promise<Installation> {
  await mkdir(CACHE, { recursive: true });
  await using _lock = await lock(join(CACHE, "lock"));
  if (await isStale()) await run(join(ROOT, "node_modules", ".bin", "tsup"), [], APPLICATION);
  const prefix = join(CACHE, await fingerprint());
  if (!existsSync(prefix)) await installInto(prefix);
  const tarball = await tarballIn(prefix);
  return {
    command: join(prefix, "bin", "openclaw"),
    packageDirectory: join(prefix, "lib", "node_modules", "openclaw"),
    tarball,
  };
}

async function installInto(prefix: string): Promise<void> {
  for (const name of await readdir(CACHE)) {
    if (name !== "lock") await rm(join(CACHE, name), { recursive: true, force: true });
  }
  const partial = await mkdtemp(`${prefix}-`);
  await pack(partial);
  const tarball = await tarballIn(partial);
  const options = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  await run("npm", ["install", "--global", "--prefix", partial, ...options, tarball], partial);
  await rename(partial, prefix);
}

async function tarballIn(folder: string): Promise<string> {
  return join(folder, (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "no tarball");
}

/** Writes the tarball of the present build into a folder. */
export async function pack(folder: string): Promise<void> {
  await run(process.execPath, [join(APPLICATION, "scripts", "pack.mjs"), folder], ROOT);
}

async function isStale(): Promise<boolean> {
  const built = await stat(join(APPLICATION, "dist", "main.js")).catch(() => undefined);
  if (built === undefined) return true;
  const packages = (await readdir(join(ROOT, "packages"))).map((name) => join(ROOT, "packages", name, "src"));
  const sources = [
    ...packages,
    join(APPLICATION, "src"),
    join(APPLICATION, "package.json"),
    join(APPLICATION, "tsup.config.ts"),
  ];
  const newest = await Promise.all(sources.map(newestChange));
  return Math.max(...newest) > built.mtimeMs;
}

async function newestChange(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = await Promise.all((await readdir(path)).map((name) => newestChange(join(path, name))));
  return Math.max(0, ...inside);
}

/** Names the content of the package: the same build is installed once. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256").update(process.version);
  const files = ["package.json", "README.md", join("scripts", "pack.mjs")].map((name) => join(APPLICATION, name));
  const built = (await readdir(join(APPLICATION, "dist"))).sort().map((name) => join(APPLICATION, "dist", name));
  for (const file of [...files, ...built]) hash.update(relative(APPLICATION, file)).update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}

/** Waits for its turn among test processes. A lock that is left over from a killed run is taken after its time. */
async function lock(path: string): Promise<AsyncDisposable> {
  for (;;) {
    const taken = await mkdir(path).then(
      () => true,
      () => false,
    );
    if (taken) return { [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > 2 * INSTALL_DEADLINE_MS) await rm(path, { recursive: true, force: true });
    await sleep(100);
  }
}

async function run(command: string, words: readonly string[], workingDirectory: string): Promise<void> {
  const ended = await runProcess(
    { command, arguments: words, environment: process.env, workingDirectory },
    INSTALL_DEADLINE_MS,
  );
  if (ended.code !== 0) throw new Error(`${command} ${words.join(" ")} failed:\n${ended.stdout}\n${ended.stderr}`);
}

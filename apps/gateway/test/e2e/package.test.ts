import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { runProcess } from "@openclaw/testkit/process";
import { beforeAll, describe, expect, it } from "vitest";

import { INSTALL_TIMEOUT_MS, TEST_TIMEOUT_MS, installation, pack } from "./support/installation.ts";

async function bytesIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

beforeAll(installation, INSTALL_TIMEOUT_MS);

describe("the published package", { timeout: TEST_TIMEOUT_MS }, () => {
  it("R9.2 depends only on what the bundle leaves outside, at exact versions", async () => {
    const { packageDirectory } = await installation();
    const manifest = JSON.parse(await readFile(join(packageDirectory, "package.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect(manifest).toMatchObject({
      name: "openclaw",
      type: "module",
      license: "MIT",
      bin: { openclaw: "./dist/openclaw.js" },
    });
    expect(Object.entries(manifest["dependencies"] ?? {})).toEqual([
      ["telegraf", expect.stringMatching(/^\d+\.\d+\.\d+$/u)],
    ]);
    expect(Object.keys(manifest)).not.toContain("devDependencies");
  });

  it("holds the program, its README, the licences of all that is inside, and no path of the machine it was built on", async () => {
    const { packageDirectory } = await installation();
    expect((await readdir(packageDirectory)).filter((name) => name !== "node_modules").sort()).toEqual([
      "LICENSE",
      "README.md",
      "THIRD-PARTY-NOTICES.txt",
      "dist",
      "package.json",
    ]);
    const notices = await readFile(join(packageDirectory, "THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const bundled of ["fastify", "ws", "zod", "commander", "ai"]) {
      expect(notices).toMatch(new RegExp(`^${bundled} \\d.* \\((?:MIT|Apache-2\\.0)\\)$`, "mu"));
    }
    // What stays outside brings its own licence.
    expect(notices).not.toContain("telegraf");
    const files = await readdir(join(packageDirectory, "dist"));
    for (const name of files) {
      expect(await readFile(join(packageDirectory, "dist", name), "utf8"), name).not.toContain(process.cwd());
    }
  });

  it("installs in no more than 30 MiB", async () => {
    const { packageDirectory } = await installation();
    expect(await bytesIn(packageDirectory)).toBeLessThan(30 * 1024 * 1024);
  });

  // One character beyond them, as in a regular expression, and V8 keeps the whole file with two bytes for each.
  it("starts from files of ASCII characters alone", async () => {
    const { packageDirectory } = await installation();
    const folder = join(packageDirectory, "dist");
    const loaded = new Set([
      "main.js",
      ...(await readdir(folder)).filter((name) => /^run-gateway-.*\.js$/u.test(name)),
    ]);
    expect(loaded.size).toBe(2);
    for (const name of loaded) {
      const text = await readFile(join(folder, name), "utf8");
      expect([...text.matchAll(/[^\0-\x7f]/gu)].map(String), name).toEqual([]);
      for (const [, imported = ""] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/gu)) loaded.add(imported);
    }
    expect(loaded.size).toBeGreaterThan(10);
  });

  it("packs to the same bytes every time", async () => {
    const { tarball } = await installation();
    await using folder = await createTempDirectory();
    await pack(folder.path);
    const [name = ""] = await readdir(folder.path);
    expect(name).toMatch(/^openclaw-\d+\.\d+\.\d+\.tgz$/u);
    expect((await readFile(join(folder.path, name))).equals(await readFile(tarball))).toBe(true);
  });

  it("tells an old Node what it needs, in a sentence", async () => {
    const { packageDirectory } = await installation();
    const entry = join(packageDirectory, "dist", "openclaw.js");
    const pretend = `Object.defineProperty(process.versions,"node",{value:"20.20.2"});process.argv[1]=${JSON.stringify(entry)};process.argv[2]="health";await import(${JSON.stringify(entry)})`;
    const ended = await runProcess({
      command: process.execPath,
      arguments: ["--input-type=module", "--eval", pretend],
      environment: {},
    });
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^error: openclaw needs Node 22\.19 or newer; this is Node 20\.20\.2\.\nfix: /u);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createFileAtomically, writeFileAtomically } from "../../src/config/source/atomic-file.ts";

let directory: TempDirectory;

beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

describe("writeFileAtomically", () => {
  it("makes the directory and the file for the owner alone, and leaves nothing beside it", async () => {
    const path = join(directory.path, "new/state/file.json");
    await writeFileAtomically(path, "one");
    await writeFileAtomically(path, "two");
    expect(await readFile(path, "utf8")).toBe("two");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory.path, "new"))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(directory.path, "new/state"))).toEqual(["file.json"]);
  });

  it("keeps the old file, and leaves nothing beside it, when it can not write", async () => {
    const path = join(directory.path, "taken");
    await mkdir(join(path, "x"), { recursive: true });
    await expect(writeFileAtomically(path, "new")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    expect(await readdir(directory.path)).toEqual(["taken"]);
  });

  it("F28 killed at any moment, leaves the old content or the new one", { timeout: 30_000 }, async () => {
    const path = join(directory.path, "file");
    const contents = ["a", "b"].map((letter) => letter.repeat(200_000));
    await writeFile(path, contents[0] ?? "");
    const module = new URL("../../src/config/source/atomic-file.ts", import.meta.url).href;
    const script = `
      import { writeFileAtomically } from ${JSON.stringify(module)};
      for (let turn = 0; ; turn += 1) {
        await writeFileAtomically(${JSON.stringify(path)}, (turn % 2 ? "a" : "b").repeat(200000));
        if (turn === 3) process.stdout.write("writing");
      }`;
    for (let round = 0; round < 6; round += 1) {
      const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      child.kill("SIGKILL");
      await once(child, "exit");
      expect(contents).toContain(await readFile(path, "utf8"));
    }
  });
});

describe("createFileAtomically", () => {
  it("creates a file once and never overwrites it, also when several try at the same time", async () => {
    const path = join(directory.path, "config.json");
    const created = await Promise.all(["a", "b", "c", "d"].map((content) => createFileAtomically(path, content)));
    expect(created.filter(Boolean)).toHaveLength(1);
    const content = await readFile(path, "utf8");
    expect(await createFileAtomically(path, "later")).toBe(false);
    expect(await readFile(path, "utf8")).toBe(content);
    expect(await readdir(directory.path)).toEqual(["config.json"]);
  });

  it("rejects with the system's error when the directory can not be written", async () => {
    if (process.getuid?.() === 0) return;
    await chmod(directory.path, 0o500);
    await expect(createFileAtomically(join(directory.path, "x"), "x")).rejects.toThrow(/EACCES/);
  });
});

import { mkdir, readdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { eventually } from "@openclaw/testkit/eventually";
import { TestProcess } from "@openclaw/testkit/process";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";

function start(directory: string): TestProcess {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  return TestProcess.start({
    command: process.execPath,
    arguments: ["--conditions=@openclaw/source", main, directory],
    environment: { PATH: process.env["PATH"] },
  });
}

/** Moves a message into its folder in one go. */
async function write(directory: string, person: string, text: string, at = new Date()): Promise<void> {
  const folder = join(directory, "in", person);
  await mkdir(folder, { recursive: true });
  const draft = join(directory, "draft.txt");
  await writeFile(draft, text);
  await utimes(draft, at, at);
  await rename(draft, join(folder, "1.txt"));
}

async function answers(directory: string, person: string): Promise<string[]> {
  const folder = join(directory, "out", person);
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
}

it("answers a file with a file, and the same file delivered twice only once, across a restart", async () => {
  await using temporary = await createTempDirectory("custom-channel");
  const directory = temporary.path;
  const writtenAt = new Date(Date.now() - 1000);
  {
    await using first = start(directory);
    await first.waitForOutput(/Waiting for files/);
    await write(directory, "ada", "hello there\n", writtenAt);
    await eventually("an answer", async () => (await answers(directory, "ada")).length > 0);
    expect(await answers(directory, "ada")).toEqual(["HELLO THERE!\n"]);
    expect(await readdir(join(directory, "in", "ada"))).toEqual([]);
    first.kill("SIGTERM");
    expect(await first.waitForExit()).toMatchObject({ code: 0, stderr: "" });
  }
  await write(directory, "ada", "hello there\n", writtenAt);
  await write(directory, "bob", "and me?");
  await using _second = start(directory);
  await eventually("an answer to Bob", async () => (await answers(directory, "bob")).length > 0);
  expect(await answers(directory, "bob")).toEqual(["AND ME?!\n"]);
  // Ada's file was taken in with Bob's, and known: it got no second answer.
  await eventually("Ada's file to be gone", async () => (await readdir(join(directory, "in", "ada"))).length === 0);
  expect(await answers(directory, "ada")).toEqual(["HELLO THERE!\n"]);
});

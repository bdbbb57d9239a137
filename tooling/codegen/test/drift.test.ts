import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { generate, staleFiles, writeFiles } from "../src/generate.ts";

const repository = new URL("../../../", import.meta.url);

test("R5.9 R9.4 every generated file is what the contracts give now; if not: pnpm protocol:gen", async () => {
  const files = await generate(repository);
  expect(files.length).toBeGreaterThan(20);
  expect(await staleFiles(repository, files)).toEqual([]);
});

test("generating twice gives the same text", async () => {
  expect(await generate(repository)).toEqual(await generate(repository));
});

test("R5.9 protocol:gen:swift makes the Swift package and nothing else", async () => {
  const files = await generate(repository, (path) => path.startsWith("packages/protocol-swift/"));
  expect(files.map(({ path }) => path)).toContain(
    "packages/protocol-swift/Sources/OpenClawProtocol/Entities.gen.swift",
  );
  expect(files.every(({ path }) => path.startsWith("packages/protocol-swift/"))).toBe(true);
});

describe("comparing with the disk", () => {
  const files = [
    { path: "a/one.gen.ts", text: "one\n" },
    { path: "two.gen.ts", text: "two\n" },
  ];
  let folder: string;
  let root: URL;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "codegen-"));
    root = pathToFileURL(`${folder}/`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("everything is stale before it was written, nothing after", async () => {
    expect(await staleFiles(root, files)).toEqual(["a/one.gen.ts", "two.gen.ts"]);
    expect(await writeFiles(root, files)).toEqual(["a/one.gen.ts", "two.gen.ts"]);
    expect(await staleFiles(root, files)).toEqual([]);
    expect(await writeFiles(root, files)).toEqual([]);
  });

  test("an edit by hand is found, and undone by writing", async () => {
    await writeFiles(root, files);
    await writeFile(join(folder, "two.gen.ts"), "too\n");
    expect(await staleFiles(root, files)).toEqual(["two.gen.ts"]);
    expect(await writeFiles(root, files)).toEqual(["two.gen.ts"]);
    expect(await staleFiles(root, files)).toEqual([]);
  });

  test("line ends of Windows make no file stale", async () => {
    await writeFiles(root, files);
    await writeFile(join(folder, "two.gen.ts"), "two\r\n");
    expect(await staleFiles(root, files)).toEqual([]);
  });
});

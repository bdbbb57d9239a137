import { appendFile, mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { LogFile } from "../../src/logging/log-file.ts";
import { createLogger } from "../../src/logging/logger.ts";

let directory: TempDirectory;
let path: string;
let log: LogFile;

beforeEach(async () => {
  directory = await createTempDirectory();
  path = join(directory.path, "gateway.log");
  log = new LogFile({ path, flush: () => Promise.resolve() });
});
afterEach(() => directory[Symbol.asyncDispose]());

describe("logs.tail reads", () => {
  it("the end of the file without a cursor, and nothing more at its end", async () => {
    await writeFile(path, "one\ntwo\nthree\n");
    expect(await log.tail({ limit: 2 })).toEqual({
      file: path,
      cursor: 14,
      size: 14,
      lines: ["two", "three"],
      truncated: true,
      reset: false,
    });
    expect(await log.tail({})).toMatchObject({ lines: ["one", "two", "three"], truncated: false });
    expect(await log.tail({ cursor: 14, limit: 5, maxBytes: 2000 })).toEqual({
      file: path,
      cursor: 14,
      size: 14,
      lines: [],
      truncated: false,
      reset: false,
    });
  });

  it("what follows a cursor", async () => {
    await writeFile(path, "one\n");
    const { cursor } = await log.tail();
    await appendFile(path, "two\nthree\n");
    expect(await log.tail({ cursor })).toMatchObject({
      lines: ["two", "three"],
      cursor: 14,
      truncated: false,
      reset: false,
    });
  });

  it("the end again, with reset, when the cursor is beyond it", async () => {
    await writeFile(path, "one\ntwo\n");
    expect(await log.tail({ cursor: 99_999_999, limit: 1 })).toMatchObject({
      lines: ["two"],
      cursor: 8,
      truncated: true,
      reset: true,
    });
    await truncate(path);
    expect(await log.tail({ cursor: 8 })).toMatchObject({ lines: [], cursor: 0, reset: true });
  });

  it("only complete lines, and the rest of one once it is complete", async () => {
    await writeFile(path, "one\ntw");
    const first = await log.tail();
    expect(first).toMatchObject({ lines: ["one"], cursor: 4, size: 6 });
    await appendFile(path, "o\n");
    expect(await log.tail({ cursor: first.cursor })).toMatchObject({ lines: ["two"], cursor: 8 });
  });

  it("no more bytes than allowed, without a part of a line", async () => {
    await writeFile(path, `${"a".repeat(100)}\n${"b".repeat(100)}\n${"c".repeat(10)}\n`);
    expect(await log.tail({ maxBytes: 50 })).toMatchObject({ lines: ["c".repeat(10)], truncated: true });
    expect(await log.tail({ cursor: 0, maxBytes: 112 })).toMatchObject({
      lines: ["b".repeat(100), "c".repeat(10)],
      truncated: true,
    });
  });

  it("past a line that is longer than allowed", async () => {
    await writeFile(path, `${"a".repeat(1000)}\n`);
    expect(await log.tail({ maxBytes: 10 })).toMatchObject({ lines: [], cursor: 1001, truncated: true });
    await appendFile(path, "next\n");
    expect(await log.tail({ cursor: 1001 })).toMatchObject({ lines: ["next"] });
  });

  it("nothing where there is no file, no regular file, or no log file at all", async () => {
    const nothing = { cursor: 0, size: 0, lines: [], truncated: false, reset: false };
    expect(await log.tail()).toEqual({ file: path, ...nothing });
    await mkdir(path);
    expect(await log.tail()).toEqual({ file: path, ...nothing });
    expect(await new LogFile().tail()).toEqual({ file: "", ...nothing });
  });

  it("never through a link", async () => {
    const secret = join(directory.path, "secret");
    await writeFile(secret, "secret\n");
    await symlink(secret, path);
    expect((await log.tail()).lines).toEqual([]);
  });

  it("every line exactly once, however the reads fall between the writes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ maxLength: 8, unit: "grapheme" }).map((text) => `x${text.replaceAll(/\s/g, "")}\n`),
          { maxLength: 12 },
        ),
        fc.infiniteStream(fc.nat(7)),
        async (lines, cuts) => {
          await writeFile(path, "");
          const seen: string[] = [];
          let cursor = 0;
          let rest = Buffer.from(lines.join(""));
          while (rest.length > 0) {
            const cut = 1 + (cuts.next().value as number);
            await appendFile(path, rest.subarray(0, cut));
            rest = rest.subarray(cut);
            const answer = await log.tail({ cursor });
            seen.push(...answer.lines);
            ({ cursor } = answer);
          }
          expect(seen.map((line) => `${line}\n`)).toEqual(lines);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("lines as soon as they are logged", async () => {
    await using logging = createLogger({ file: path });
    logging.logger.info("just now");
    const { lines, file } = await logging.file.tail();
    expect(file).toBe(path);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ message: "just now" });
  });
});

import { chmod, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ManualClock } from "@openclaw/testkit/clock";
import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createLogger, type Logging, type LoggingOptions } from "../../src/logging/logger.ts";
import { localDay } from "../../src/logging/file/rotation.ts";
import { MemoryStream } from "../support/memory-stream.ts";

let directory: TempDirectory;
let clock: ManualClock;

beforeEach(async () => {
  directory = await createTempDirectory();
  clock = new ManualClock(new Date(2026, 10, 24, 12, 30, 5).getTime());
});
afterEach(() => directory[Symbol.asyncDispose]());

const logDirectory = () => join(directory.path, "logs");
const dated = () => join(logDirectory(), "openclaw-YYYY-MM-DD.log");

function start(options: LoggingOptions = {}): Logging {
  return createLogger({ file: dated(), clock, ...options });
}

async function linesOf(name: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(logDirectory(), name), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const today = "openclaw-2026-11-24.log";

describe("R1.10 the log file", () => {
  it("is one JSON object per line with time, level, subsystem and message, for the owner alone", async () => {
    {
      await using logging = start();
      logging.logger.child("gateway").info("listening", { port: 18_789 });
      logging.logger
        .child("telegram")
        .child("outbound")
        .error("failed", { error: new Error("no route") });
    }
    const [first, second] = await linesOf(today);
    expect(first).toEqual({
      level: "info",
      time: new Date(clock.now()).toISOString(),
      subsystem: "gateway",
      message: "listening",
      port: 18_789,
    });
    expect(second).toMatchObject({
      level: "error",
      subsystem: "telegram/outbound",
      error: { name: "Error", message: "no route" },
    });
    expect((await stat(join(logDirectory(), today))).mode & 0o777).toBe(0o600);
    expect((await stat(logDirectory())).mode & 0o777).toBe(0o700);
  });

  it("R1.5 has debug lines by default, which the terminal gets only when asked", async () => {
    const stdout = new MemoryStream();
    {
      await using logging = start({ stdout });
      logging.logger.debug("quiet");
      logging.setLevels({ consoleLevel: "debug" });
      logging.logger.debug("loud");
    }
    expect((await linesOf(today)).map((line) => line["message"])).toEqual(["quiet", "loud"]);
    expect(stdout.text).not.toContain("quiet");
    expect(stdout.text).toContain("loud");
  });

  it("keeps out what is below its level", async () => {
    {
      await using logging = start({ level: "warn" });
      logging.logger.info("no");
      logging.logger.warn("yes");
    }
    expect((await linesOf(today)).map((line) => line["message"])).toEqual(["yes"]);
  });

  it("begins a new file each day, and goes on in the day's file after a restart", async () => {
    {
      await using logging = start();
      logging.logger.info("one");
      await logging.file.tail();
      await clock.advance(24 * 3_600_000);
      logging.logger.info("two");
    }
    {
      await using logging = start();
      logging.logger.info("three");
    }
    expect(await readdir(logDirectory())).toEqual([today, "openclaw-2026-11-25.log"]);
    expect((await linesOf("openclaw-2026-11-25.log")).map((line) => line["message"])).toEqual(["two", "three"]);
  });

  it("under a fixed name, moves yesterday's file aside", async () => {
    await mkdir(logDirectory());
    const file = join(logDirectory(), "gateway.log");
    await writeFile(file, "old\n");
    await utimes(file, new Date(2026, 10, 23), new Date(2026, 10, 23, 12));
    {
      await using logging = start({ file });
      logging.logger.info("new");
    }
    expect(await readdir(logDirectory())).toEqual(["gateway.2026-11-23.1.log", "gateway.log"]);
    expect(await readFile(join(logDirectory(), "gateway.2026-11-23.1.log"), "utf8")).toBe("old\n");
  });

  it("F38 keeps each file, all files and their age within bounds, and deletes nothing else", async () => {
    await mkdir(logDirectory());
    const limits = { fileBytes: 2000, totalBytes: 10_000, ageDays: 3 };
    for (const [name, age] of [
      ["openclaw-2026-11-01.log", 23],
      ["openclaw-2026-11-22.log", 2],
      ["other.log", 40],
      ["openclaw-notes.log", 40],
    ] as const) {
      await writeFile(join(logDirectory(), name), "x\n");
      const changed = new Date(clock.now() - age * 24 * 3_600_000);
      await utimes(join(logDirectory(), name), changed, changed);
    }
    {
      await using logging = start({ limits });
      for (let index = 0; index < 200; index += 1) {
        logging.logger.info("a line of about a hundred bytes".padEnd(60, "."), { index });
        if (index % 5 === 4) await logging.file.tail({ limit: 1 });
      }
    }
    const names = await readdir(logDirectory());
    expect(names).toContain("other.log");
    expect(names).toContain("openclaw-notes.log");
    expect(names).not.toContain("openclaw-2026-11-01.log");
    const own = names.filter((name) => /^openclaw-\d/.test(name));
    const sizes = await Promise.all(own.map(async (name) => (await stat(join(logDirectory(), name))).size));
    expect(own.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(limits.fileBytes + 1000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(limits.totalBytes + 1000);
    const last = await linesOf(today);
    expect(last.at(-1)).toMatchObject({ index: 199 });
  });

  it("puts a line into the file at once, and lines that follow closely together after a moment", async () => {
    await using logging = start();
    const written = async () => (await linesOf(today).catch(() => [])).map((line) => line["message"]);
    logging.logger.debug("first");
    await eventually("the first line is there", async () => (await written()).length === 1);
    logging.logger.debug("second");
    logging.logger.debug("third");
    expect(clock.pending).toBe(1);
    await clock.advance(50);
    await eventually("the others are there", async () => (await written()).length === 3);
    expect(clock.pending).toBe(0);
  });

  it("lets no warning wait, nor what came before it", async () => {
    await using logging = start();
    const written = async () => (await linesOf(today).catch(() => [])).map((line) => line["message"]);
    logging.logger.debug("first");
    await eventually("the first line is there", async () => (await written()).length === 1);
    logging.logger.debug("second");
    logging.logger.warn("third");
    await eventually("all lines are there", async () => (await written()).length === 3);
    expect(await written()).toEqual(["first", "second", "third"]);
  });

  it("R1.5 loses no line of a burst", async () => {
    {
      await using logging = start();
      for (let index = 0; index < 20_000; index += 1) {
        logging.logger.debug("request", { index });
        if (index % 100 === 0) await new Promise(setImmediate);
      }
    }
    expect((await linesOf(today)).map((line) => line["index"])).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
  });

  it("F38 a place that can not be written costs lines, not the gateway, and is told once it works again", async () => {
    const stdout = new MemoryStream();
    await writeFile(logDirectory(), "in the way");
    {
      await using logging = start({ stdout, consoleStyle: "compact", consoleLevel: "error" });
      for (let index = 0; index < 50; index += 1)
        logging.logger.info("x".repeat(8000).concat(" ", "y".repeat(8000)), {
          data: Array.from({ length: 20 }, () => "z".repeat(8000)),
          index,
        });
      await eventually(
        "the trouble is shown",
        () => stdout.text.includes("the log file can not be written: EEXIST") || stdout.text.includes("ENOTDIR"),
      );
      await rm(logDirectory());
      await clock.advance(2000);
      await logging.file.tail();
      logging.logger.info("after");
    }
    const lines = await linesOf(today);
    expect(lines.at(-1)).toMatchObject({ message: "after" });
    const loss = lines.find((line) => String(line["message"]).includes("log lines were lost"));
    expect(loss).toMatchObject({ level: "warn", subsystem: "logging" });
    const lost = Number(/^(\d+) /.exec(String(loss?.["message"]))?.[1]);
    expect(lost + lines.length - 2).toBe(50);
    expect(stdout.text.match(/can not be written/g)).toHaveLength(1);
  });

  it.runIf(process.platform === "linux")(
    "F38 a full disk costs lines, and neither writing nor ending waits for it",
    async () => {
      const stdout = new MemoryStream();
      {
        await using logging = start({ file: "/dev/full", stdout, consoleStyle: "compact", consoleLevel: "error" });
        logging.logger.info("x");
        await eventually("the trouble is shown", () => stdout.text.includes("the log file can not be written: ENOSPC"));
        logging.logger.error("still running");
        expect(await logging.file.tail()).toMatchObject({ lines: [] });
      }
      expect(stdout.text).toContain("still running");
    },
  );

  it("does not follow a link in a place that everybody can write to", async () => {
    const elsewhere = join(directory.path, "elsewhere");
    await mkdir(elsewhere);
    await symlink(elsewhere, logDirectory());
    {
      await using logging = start({ guardDirectory: true });
      logging.logger.info("x");
    }
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it("does not write through a link at the file's own name, and closes an open directory to others", async () => {
    await mkdir(logDirectory(), { mode: 0o755 });
    await chmod(logDirectory(), 0o755);
    const target = join(directory.path, "target");
    await writeFile(target, "untouched");
    await symlink(target, join(logDirectory(), today));
    {
      await using logging = start({ guardDirectory: true });
      logging.logger.info("x");
    }
    expect(await readFile(target, "utf8")).toBe("untouched");
    expect((await stat(logDirectory())).mode & 0o777).toBe(0o700);
  });
});

describe("secrets", () => {
  it("never reach a sink, whatever they are part of", async () => {
    const secret = fc
      .string({ minLength: 10, maxLength: 50, unit: "grapheme" })
      .filter((text) => text.trim().length >= 10 && !/^[\s\d]*$/.test(text));
    await fc.assert(
      fc.asyncProperty(secret, async (value) => {
        await using place = await createTempDirectory();
        const stdout = new MemoryStream();
        const json = new MemoryStream();
        const file = join(place.path, "x.log");
        {
          await using logging = createLogger({ file, stdout, clock, redact: { secrets: [value] } });
          await using other = createLogger({ stdout: json, consoleStyle: "json", clock });
          other.addSecrets([value]);
          for (const { logger } of [logging, other]) {
            const cause = new Error(`cause ${value}`);
            logger.warn(`text ${value}`, {
              plain: value,
              list: [`a${value}b`],
              deep: { deeper: { [value]: value } },
              error: new Error(value, { cause }),
              url: "https://x",
            });
          }
        }
        const shown = [stdout.text, json.text, await readFile(file, "utf8")];
        for (const text of shown) {
          expect(text.length).toBeGreaterThan(20);
          expect(text).not.toContain(value);
          expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are masked by the name of their field as well", () => {
    const stdout = new MemoryStream();
    createLogger({ stdout, clock, consoleStyle: "json" }).logger.info("x", {
      password: "short",
      nested: { botToken: "abc", tokens: 5 },
      Authorization: "Basic x",
    });
    expect(JSON.parse(stdout.text)).toMatchObject({
      password: "***",
      nested: { botToken: "***", tokens: 5 },
      Authorization: "***",
    });
  });
});

describe("what is logged", () => {
  it("may be of any kind and size, and costs a bounded line", () => {
    const stdout = new MemoryStream();
    const { logger } = createLogger({ stdout, clock, consoleStyle: "json" });
    const circular: Record<string, unknown> = {
      when: new Date(0),
      bytes: Buffer.from("abc"),
      big: 10n,
      call: () => 1,
      map: new Map([[1, 2]]),
      bad: new Date(Number.NaN),
      infinite: Infinity,
    };
    circular["self"] = circular;
    logger.info("x", {
      ...circular,
      long: "y".repeat(100_000),
      list: Array.from({ length: 1000 }, (_, index) => index),
      time: "mine",
      message: "mine",
    });
    const line = JSON.parse(stdout.text) as Record<string, unknown>;
    expect(stdout.text.length).toBeLessThan(20_000);
    expect(line).toMatchObject({
      message: "x",
      message_: "mine",
      time_: "mine",
      when: "1970-01-01T00:00:00.000Z",
      bytes: "<3 bytes>",
      big: "10",
      call: "<function>",
      map: "<1 entries>",
      bad: "<invalid date>",
      infinite: "Infinity",
      self: { self: "<circular>" },
    });
    const throwing = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    );
    logger.info("y", { throwing });
    expect(stdout.text).toContain("could not be written down");
  });
});

describe("F37 identical warnings and errors", () => {
  it("become one line, and one more a minute with the count", async () => {
    const stdout = new MemoryStream();
    await using logging = createLogger({ stdout, clock, consoleStyle: "compact" });
    const log = logging.logger.child("telegram");
    for (let index = 0; index < 100; index += 1)
      log.error("polling failed", { error: new Error("ECONNREFUSED"), attempt: index });
    log.error("polling failed", { error: new Error("ETIMEDOUT") });
    log.info("still here");
    log.info("still here");
    expect(stdout.text.split("\n").filter((line) => line.includes("polling failed"))).toHaveLength(2);
    expect(stdout.text.match(/still here/g)).toHaveLength(2);
    await clock.advance(60_000);
    expect(stdout.text).toContain("error [telegram] polling failed (again, 99 times) repeats=99");
    log.error("polling failed", { error: new Error("ECONNREFUSED") });
    await clock.advance(60_000);
    expect(stdout.text).toContain("(again, 1 times)");
    await clock.advance(120_000);
    const before = stdout.text.length;
    log.error("polling failed", { error: new Error("ECONNREFUSED") });
    expect(stdout.text.slice(before)).toContain("polling failed error=");
  });

  it("are told when the log ends, and take a bounded place", async () => {
    const stdout = new MemoryStream();
    {
      await using logging = createLogger({ stdout, clock, consoleStyle: "compact" });
      logging.logger.warn("twice");
      logging.logger.warn("twice");
      for (let index = 0; index < 2000; index += 1) logging.logger.warn(`kind ${index}`);
      expect(clock.pending).toBeLessThanOrEqual(500);
      logging.logger.warn("last");
      logging.logger.warn("last");
    }
    expect(stdout.text).toContain("twice (again, 1 times)");
    expect(stdout.text).toContain("last (again, 1 times)");
    expect(clock.pending).toBe(0);
  });
});

it("knows the day where the host is", () => {
  expect(localDay(new Date(2026, 0, 5, 23, 59).getTime())).toBe("2026-01-05");
});

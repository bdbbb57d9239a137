import { ManualClock } from "@openclaw/testkit/clock";
import { describe, expect, it } from "vitest";

import { createLogger } from "../../src/logging/logger.ts";
import { MemoryStream } from "../support/memory-stream.ts";

const clock = new ManualClock(new Date(2026, 10, 24, 12, 30, 5).getTime());

describe("the terminal", () => {
  it("shows time, subsystem, message and fields, without the prefixes gateway/ and channels/", () => {
    const stdout = new MemoryStream();
    const { logger } = createLogger({ stdout, clock });
    logger.child("gateway/ws").info("connected", { client: "cli", note: "a b" });
    logger.child("channels/telegram/outbound/queue").warn("slow");
    expect(stdout.text).toBe('12:30:05 [ws] connected client=cli note="a b"\n12:30:05 warn [outbound/queue] slow\n');
  });

  it("shows JSON lines or compact ones, and colours where asked", () => {
    const json = new MemoryStream();
    createLogger({ stdout: json, clock, consoleStyle: "json" }).logger.info("x", { a: 1 });
    expect(JSON.parse(json.text)).toMatchObject({ message: "x", a: 1, level: "info" });
    const compact = new MemoryStream();
    createLogger({ stdout: compact, clock, consoleStyle: "compact", color: true }).logger.error("x");
    expect(compact.text).toBe("\u001B[31merror\u001B[0m x\n");
  });

  it("writes control characters out, so that no message steers it or forges a line", () => {
    const stdout = new MemoryStream();
    const { logger } = createLogger({ stdout, clock, consoleStyle: "compact" });
    logger.info("a\u001B]0;title\u0007b\n12:00:00 [gateway] forged", { text: "\u009B31m\r\n" });
    expect(stdout.text).toBe(
      'a\\x1b]0;title\\x07b\\n12:00:00 [gateway] forged text="\\x9b31m\\\\r\\\\n"\n'.replaceAll("\\\\", "\\"),
    );
  });

  it("shows where errors were thrown only when it shows debug lines", () => {
    const quiet = new MemoryStream();
    createLogger({ stdout: quiet, clock }).logger.error("failed", { error: new Error("why") });
    expect(quiet.text).toBe("12:30:05 error failed error=Error: why\n");
    const verbose = new MemoryStream();
    createLogger({ stdout: verbose, clock, consoleLevel: "debug" }).logger.error("failed", { error: new Error("why") });
    expect(verbose.text).toMatch(/error=Error: why\n {4}at /);
  });

  it("ends quietly when its reader is gone, and drops lines when its reader is slow", () => {
    let listener: ((error: Error) => void) | undefined;
    const stdout = Object.assign(new MemoryStream(), {
      on: (_event: "error", heard: (error: Error) => void) => (listener = heard),
    });
    const { logger } = createLogger({ stdout, clock, consoleStyle: "compact" });
    stdout.writableLength = 2 * 1024 * 1024;
    logger.info("lost");
    stdout.writableLength = 0;
    logger.info("seen");
    expect(stdout.text).toBe("(1 lines were not shown: the output is slow)\nseen\n");
    listener?.(new Error("EPIPE"));
    logger.info("nobody reads this");
    expect(stdout.text).not.toContain("nobody");
  });
});

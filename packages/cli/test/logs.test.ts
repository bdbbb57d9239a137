import { FakeGateway } from "@openclaw/testkit/fake-gateway";
import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { run } from "./memory-host.ts";

const ENTRY = `{"time":"2026-11-24T10:00:00.000Z","level":"info","subsystem":"gateway","message":"ready","port":1}`;

/** A log that answers one prepared piece after another, then nothing new. */
function log(pieces: readonly { lines?: string[]; reset?: boolean; truncated?: boolean }[]) {
  let asked = 0;
  return () => {
    const piece = pieces[asked] ?? {};
    asked += 1;
    return {
      file: "/log",
      cursor: asked * 100,
      size: asked * 100,
      lines: [],
      truncated: false,
      reset: false,
      ...piece,
    };
  };
}

describe("logs", () => {
  it("R7.10 prints entries for people, and lines that are none as they are", async () => {
    await using gateway = await FakeGateway.start({ answers: { "logs.tail": log([{ lines: [ENTRY, "no entry"] }]) } });
    const ran = await run(["logs", "--limit", "5", "--max-bytes", "1000"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.ok);
    expect(ran.stdout).toMatch(/^\d\d:00:00 info {2}\[gateway\] ready port=1\nno entry\n$/u);
    expect(gateway.callsOf("logs.tail")).toEqual([{ limit: 5, maxBytes: 1000 }]);
  });

  it("prints the file's own lines with --plain and typed objects with --json", async () => {
    await using gateway = await FakeGateway.start({
      answers: { "logs.tail": () => log([{ lines: [ENTRY, "no entry"], truncated: true }])() },
    });
    expect((await run(["logs", "--plain"], { url: gateway.url })).stdout).toContain(`${ENTRY}\nno entry\n`);
    expect((await run(["logs", "--json"], { url: gateway.url })).lines).toEqual([
      { type: "meta", file: "/log", cursor: 100, size: 100 },
      expect.objectContaining({ type: "notice", code: "truncated" }),
      expect.objectContaining({ type: "log", message: "ready", port: 1 }),
      { type: "raw", text: "no entry" },
    ]);
  });

  it("R7.10 follows from the cursor, tells of a rotated file, and ends well when it is interrupted", async () => {
    const stop = new AbortController();
    await using gateway = await FakeGateway.start({
      answers: { "logs.tail": log([{ lines: ["one"] }, { lines: ["two"] }, { lines: ["three"], reset: true }]) },
    });
    const ran = await run(["logs", "--follow", "--interval", "100"], {
      url: gateway.url,
      signal: stop.signal,
      onOutput: (text) => text.includes("three") && stop.abort(new Error("stopped by SIGINT")),
    });
    expect(ran.exitCode).toBe(EXIT.ok);
    expect(ran.stdout).toMatch(/^one\ntwo\n-- The log was rotated or cut.*\nthree\n$/u);
    expect(gateway.callsOf("logs.tail").slice(0, 3)).toMatchObject([{}, { cursor: 100 }, { cursor: 200 }]);
  });

  it("F18 goes on after the gateway was away, with what was logged meanwhile", async () => {
    const stop = new AbortController();
    const tail = log([{ lines: ["one"] }, { lines: ["two"] }]);
    let asked = 0;
    await using gateway = await FakeGateway.start({
      answers: {
        "logs.tail": (request) => {
          asked += 1;
          return asked === 2 ? request.cut() : tail();
        },
      },
    });
    const ran = await run(["logs", "--follow", "--interval", "100"], {
      url: gateway.url,
      signal: stop.signal,
      onOutput: (text) => text.includes("two") && stop.abort(new Error("stopped by SIGINT")),
    });
    expect(ran).toMatchObject({ exitCode: EXIT.ok, stderr: "" });
    expect(ran.stdout).toMatch(/^one\n-- The connection was lost.*\ntwo\n$/u);
    expect(gateway.connects).toHaveLength(2);
  });

  it("writes entries on one line each, whatever they hold", async () => {
    const hostile = JSON.stringify({ level: "error", message: "a\nb\u001B[31m", note: "c\nd" });
    await using gateway = await FakeGateway.start({ answers: { "logs.tail": log([{ lines: [hostile] }]) } });
    const ran = await run(["logs"], { url: gateway.url });
    expect(ran.stdout).toBe("--:--:-- error a\\nb[31m note=c\\nd\n");
  });
});

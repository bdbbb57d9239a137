import { RecordingHost } from "@openclaw/channels-contract/compliance";
import { describe, expect, test } from "vitest";

import { PollLeases } from "../src/connection/poll-leases.ts";
import { QuietLog } from "../src/connection/quiet-log.ts";
import { UpdateCursor } from "../src/connection/update-cursor.ts";
import { ApiRefusal, ConnectionFailure, reactionTo } from "../src/errors.ts";

describe("poll leases", () => {
  const { signal } = new AbortController();

  test("are held by one at a time and passed on in order", async () => {
    const leases = new PollLeases();
    const order: string[] = [];
    const first = await leases.acquire("1", signal);
    const second = leases.acquire("1", signal).then((lease) => (order.push("second"), lease));
    const third = leases.acquire("1", signal).then((lease) => (order.push("third"), lease));
    await Promise.resolve();
    expect(order).toEqual([]);
    first[Symbol.dispose]();
    (await second)[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    expect(order).toEqual(["second", "third"]);
  });

  test("of different bots are independent", async () => {
    const leases = new PollLeases();
    using _one = await leases.acquire("1", signal);
    using _two = await leases.acquire("2", signal);
  });

  test("who gives up waiting stands in nobody's way", async () => {
    const leases = new PollLeases();
    const first = await leases.acquire("1", signal);
    const leaving = new AbortController();
    const second = leases.acquire("1", leaving.signal);
    const third = leases.acquire("1", signal);
    leaving.abort(new Error("gave up"));
    await expect(second).rejects.toThrow("gave up");
    first[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    await expect(leases.acquire("1", AbortSignal.abort(new Error("never")))).rejects.toThrow("never");
  });
});

describe("update cursor", () => {
  const dayMs = 24 * 60 * 60 * 1_000;

  test("starts without an offset, and follows what is recorded", () => {
    const cursor = new UpdateCursor(1, undefined);
    expect(cursor.offset(0)).toBeUndefined();
    const next = cursor.after([5, 6, 7], 1_000);
    expect(next).toEqual({ key: "updates:1", value: '{"next":8,"at":1000}' });
    expect(cursor.offset(1_000)).toBeUndefined();
    cursor.moveTo(next);
    expect(cursor.offset(1_000)).toBe(8);
    expect(new UpdateCursor(1, next.value).offset(1_000)).toBe(8);
  });

  test("F9 is forgotten after six days without updates", () => {
    const cursor = new UpdateCursor(1, '{"next":8,"at":0}');
    expect(cursor.offset(6 * dayMs)).toBe(8);
    expect(cursor.offset(6 * dayMs + 1)).toBeUndefined();
  });

  test.each(["", "x", "7", "{}", '{"next":"8","at":0}'])("%j counts for none", (stored) => {
    expect(new UpdateCursor(1, stored).offset(0)).toBeUndefined();
  });
});

describe("quiet log", () => {
  test("F37 says one kind of thing once a minute, and how often it was left out", () => {
    const host = new RecordingHost({ accountId: "default" });
    let now = 0;
    const log = new QuietLog(host.log, () => now);
    for (let second = 0; second < 120; second += 1) {
      now = second * 1_000;
      log.warn("502", "bad gateway", { code: 502 });
    }
    log.warn("409", "conflict", {});
    expect(host.logLines.map(({ message, fields }) => [message, fields])).toEqual([
      ["bad gateway", { code: 502 }],
      ["bad gateway", { code: 502, repeated: 59 }],
      ["conflict", {}],
    ]);
  });

  test("F38 remembers a hundred kinds at most", () => {
    const host = new RecordingHost({ accountId: "default" });
    const log = new QuietLog(host.log, () => 0);
    for (let kind = 0; kind <= 100; kind += 1) log.warn(`kind ${kind}`, "x", {});
    log.warn("kind 0", "again", {});
    expect(host.logLines.at(-1)?.message).toBe("again");
  });
});

describe("reactions to failures", () => {
  const refusal = (code: number, description = "x", retryAfterSeconds?: number) =>
    new ApiRefusal({ code, description, retryAfterSeconds });

  test.each([
    [refusal(401), { state: "unauthorized", code: "401", pauseMs: 60_000 }],
    [refusal(404), { state: "unauthorized", code: "404", pauseMs: 60_000 }],
    [refusal(409), { state: "conflict", code: "409", pauseMs: 5_000 }],
    [refusal(429, "x", 3), { state: "backoff", code: "429", pauseMs: 3_000 }],
    [refusal(429), { state: "backoff", pauseMs: 5_000 }],
    [refusal(429, "x", 1_000_000), { pauseMs: 900_000 }],
    [refusal(500), { state: "backoff", code: "500", pauseMs: "growing" }],
    [
      new ConnectionFailure({ written: false, code: "ECONNREFUSED", reason: "x" }),
      { state: "backoff", code: "ECONNREFUSED", pauseMs: "growing" },
    ],
    [new Error("x"), { state: "backoff", code: "INTERNAL", pauseMs: "growing" }],
    ["x", { state: "backoff", code: "INTERNAL" }],
  ])("%s", (error, reaction) => {
    expect(reactionTo(error)).toMatchObject(reaction);
  });
});

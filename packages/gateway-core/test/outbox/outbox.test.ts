import type { OutboundMessage, SendOutcome } from "@openclaw/channels-contract";
import { ManualClock } from "@openclaw/testkit/clock";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { DEFAULT_DEADLINE_MS, Outbox, type UnknownPolicy } from "../../src/outbox/outbox.ts";
import { retryDelayMs } from "../../src/outbox/retry.ts";
import { SqliteStore } from "../../src/store/sqlite.ts";
import { systemIds } from "../../src/host/system.ts";
import { recordingLog } from "../support/silent-log.ts";

let directory: TempDirectory;
let store: SqliteStore;
let clock: ManualClock;
let attempts: OutboundMessage[];
let answers: (SendOutcome | Promise<SendOutcome>)[];
const opened: Outbox[] = [];

beforeEach(async () => {
  directory = await createTempDirectory();
  store = SqliteStore.open(`${directory.path}/gateway.sqlite`);
  clock = new ManualClock();
  attempts = [];
  answers = [];
});
afterEach(async () => {
  for (const outbox of opened.splice(0)) {
    const disposed = outbox[Symbol.asyncDispose]();
    // An attempt that never answers is given its last seconds.
    await clock.advance(5_000);
    await disposed;
  }
  await store[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const sent = (messageId: string): SendOutcome => ({ outcome: "sent", messageId, at: 1 });
const retry = (retryAfterMs?: number, scope?: "chat" | "account"): SendOutcome => ({
  outcome: "retry",
  reason: "busy",
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  ...(scope === undefined ? {} : { scope }),
});
const unknown: SendOutcome = { outcome: "unknown", reason: "the connection broke" };

async function openOutbox(unknownPolicy: UnknownPolicy = "label"): Promise<Outbox> {
  const outbox = new Outbox({
    store,
    clock,
    ids: systemIds,
    log: recordingLog(),
    deliver: async (_row, message) => {
      attempts.push(message);
      return (await answers.shift()) ?? sent(`p${attempts.length}`);
    },
    unknownPolicy: () => unknownPolicy,
    capabilities: () => ({ maxTextLength: 100, idempotentSend: false, chatTypes: ["direct"] }),
    openFile: async () => undefined,
    random: () => 0.5,
  });
  opened.push(outbox);
  await outbox.start();
  return outbox;
}

async function put(outbox: Outbox, text: string, chatId = "c1", deadlineAt?: number) {
  const message = {
    channel: "memory",
    account: "default",
    chatId,
    text,
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
  };
  const rows = await store.transaction((sql) => outbox.enqueue(sql, message));
  outbox.wake(rows);
  await clock.advance(0);
  return rows;
}

const texts = () => attempts.map(({ content }) => ("text" in content ? content.text : ""));
const states = async (outbox: Outbox) => (await outbox.list({ limit: 50 })).map(({ state }) => state).toReversed();

describe("delivery", () => {
  it("DESIGN promise 3 ends a message as sent, with the platform's receipt", async () => {
    const outbox = await openOutbox();
    await put(outbox, "hello");
    expect(await outbox.list({ limit: 5 })).toMatchObject([{ state: "sent", messageId: "p1", attempts: 1 }]);
  });

  it("F5 sends a long text as parts in order, and only the failed part again", async () => {
    answers = [sent("p1"), retry(), sent("p2"), sent("p3")];
    const outbox = await openOutbox();
    await put(outbox, Array.from({ length: 3 }, (_part, index) => `${index}${"x".repeat(89)}`).join("\n\n"));
    expect(texts().map((text) => text[0])).toEqual(["0", "1"]);
    await clock.advance(1_000);
    expect(texts().map((text) => text[0])).toEqual(["0", "1", "1", "2"]);
    expect(await states(outbox)).toEqual(["sent", "sent", "sent"]);
  });

  it("DESIGN promise 5 holds a chat's later messages behind one that is retried, and other chats go on", async () => {
    answers = [retry()];
    const outbox = await openOutbox();
    await put(outbox, "first");
    await put(outbox, "second");
    await put(outbox, "elsewhere", "c2");
    expect(texts()).toEqual(["first", "elsewhere"]);
    await clock.advance(1_000);
    expect(texts()).toEqual(["first", "elsewhere", "first", "second"]);
  });

  it("keeps the operation id over all attempts and counts them", async () => {
    answers = [retry(), retry()];
    const outbox = await openOutbox();
    await put(outbox, "hello");
    await clock.advance(10_000);
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(attempts.map(({ operationId }) => operationId)).size).toBe(1);
  });

  it("F5 gives a permanent failure up at once, with the reason", async () => {
    answers = [{ outcome: "permanent", code: "403", reason: "blocked by the user" }];
    const outbox = await openOutbox();
    await put(outbox, "hello");
    await clock.advance(DEFAULT_DEADLINE_MS);
    expect(attempts).toHaveLength(1);
    expect(await outbox.list({ limit: 5 })).toMatchObject([
      { state: "dead", code: "403", reason: "blocked by the user" },
    ]);
  });

  it("waits as long as the platform asks, for the whole account when it says so", async () => {
    answers = [retry(30_000, "account")];
    const outbox = await openOutbox();
    await put(outbox, "first");
    await put(outbox, "elsewhere", "c2");
    await clock.advance(29_000);
    expect(texts()).toEqual(["first"]);
    await clock.advance(1_000);
    expect(texts().sort()).toEqual(["elsewhere", "first", "first"]);
  });

  it("F4 sends nothing past its deadline", async () => {
    const outbox = await openOutbox();
    answers = Array.from({ length: 50 }, () => retry());
    await put(outbox, "late", "c1", clock.now() + 60_000);
    await clock.advance(61_000);
    const before = attempts.length;
    await clock.advance(DEFAULT_DEADLINE_MS);
    expect(attempts).toHaveLength(before);
    expect(await outbox.list({ limit: 5 })).toMatchObject([
      { state: "dead", code: "DEADLINE", reason: "it was not sent before its deadline; the last attempt: busy" },
    ]);
  });

  it("treats a channel that throws as one that may have sent", async () => {
    const defect = Promise.reject(new Error("defect"));
    // It is the outbox that is to catch it, some turns of the event loop later.
    defect.catch(() => undefined);
    answers = [defect];
    const outbox = await openOutbox("hold");
    await put(outbox, "hello");
    expect(await states(outbox)).toEqual(["unknown"]);
  });

  it("gives an attempt that never answers 60 seconds", async () => {
    answers = [new Promise<SendOutcome>(() => {})];
    const outbox = await openOutbox("hold");
    await put(outbox, "hello");
    await clock.advance(59_000);
    expect(await states(outbox)).toEqual(["sending"]);
    await clock.advance(4_000);
    expect(await states(outbox)).toEqual(["unknown"]);
  });
});

describe("a message of which nobody knows whether it arrived", () => {
  it("F6 is sent once more with a visible label, and then no more", async () => {
    answers = [unknown, unknown];
    const outbox = await openOutbox("label");
    await put(outbox, "hello");
    await clock.advance(DEFAULT_DEADLINE_MS - 1_000);
    expect(texts()).toEqual(["hello", "(this may be a repeat)\nhello"]);
    expect(await states(outbox)).toEqual(["unknown"]);
  });

  it("stays with the operator under hold, and does not hold the chat", async () => {
    answers = [unknown];
    const outbox = await openOutbox("hold");
    await put(outbox, "hello");
    await put(outbox, "next");
    await clock.advance(60_000);
    expect(texts()).toEqual(["hello", "next"]);
    expect(await states(outbox)).toEqual(["unknown", "sent"]);
  });

  it("is sent again as it is under resend, a bounded number of times", async () => {
    answers = [unknown, unknown, unknown, unknown];
    const outbox = await openOutbox("resend");
    await put(outbox, "hello");
    await clock.advance(DEFAULT_DEADLINE_MS - 1_000);
    expect(texts()).toEqual(["hello", "hello", "hello"]);
    expect(await states(outbox)).toEqual(["unknown"]);
  });
});

describe("a restart", () => {
  it("DESIGN promise 4 sends nothing again that has a receipt", async () => {
    const outbox = await openOutbox();
    await put(outbox, "hello");
    await outbox[Symbol.asyncDispose]();
    const next = await openOutbox();
    await clock.advance(60_000);
    expect(texts()).toEqual(["hello"]);
    expect(await states(next)).toEqual(["sent"]);
  });

  it("F6 treats a row that a dead process was sending as unknown", async () => {
    const outbox = await openOutbox("hold");
    answers = [new Promise<SendOutcome>(() => {})];
    await put(outbox, "hello");
    // What a kill leaves: the row says sending, and nobody is.
    const row = await store.get("SELECT state FROM outbox");
    expect(row).toMatchObject({ state: "sending" });
    const next = await openOutbox("hold");
    expect(await states(next)).toEqual(["unknown"]);
    expect(texts()).toEqual(["hello"]);
  });

  it("delivers what waited", async () => {
    const dead = await openOutbox();
    await dead[Symbol.asyncDispose]();
    await store.transaction((sql) =>
      dead.enqueue(sql, { channel: "memory", account: "default", chatId: "c1", text: "hello" }),
    );
    const next = await openOutbox();
    await clock.advance(0);
    expect(texts()).toEqual(["hello"]);
    expect(await states(next)).toEqual(["sent"]);
  });
});

describe("before a stop", () => {
  it("R1.3 lets what is being sent, and what waits behind it, go out", async () => {
    const slow = Promise.withResolvers<SendOutcome>();
    answers = [slow.promise];
    const outbox = await openOutbox();
    await put(outbox, "first");
    await put(outbox, "second");
    const drained = outbox.drain(5_000);
    slow.resolve(sent("p1"));
    await clock.advance(0);
    await drained;
    expect(await states(outbox)).toEqual(["sent", "sent"]);
  });

  it("R1.3 waits no longer than the deadline, and not at all for what is to be tried later", async () => {
    answers = [new Promise(() => {}), retry(60_000)];
    const outbox = await openOutbox();
    await put(outbox, "stuck");
    let isDrained = false;
    const drained = outbox.drain(5_000).then(() => (isDrained = true));
    await clock.advance(4_999);
    expect(isDrained).toBe(false);
    await clock.advance(1);
    await drained;
    await put(outbox, "later", "c2");
    await outbox.drain(0);
    expect(await states(outbox)).toEqual(["sending", "queued"]);
  });
});

describe("waiting for a message", () => {
  it("answers the settled row, at once when it is settled already", async () => {
    const outbox = await openOutbox();
    const [row] = await put(outbox, "hello");
    expect(await outbox.settled(row?.id ?? "", 1_000)).toMatchObject({ state: "sent" });
  });

  it("gives up when the time is up", async () => {
    answers = [retry(60_000)];
    const outbox = await openOutbox();
    const [row] = await put(outbox, "hello");
    const waiting = outbox.settled(row?.id ?? "", 1_000);
    await clock.advance(1_000);
    expect(await waiting).toBeUndefined();
  });
});

it("retryDelayMs doubles from a second to five minutes and is never less than the platform's wish", () => {
  const delays = [1, 2, 3, 9, 20].map((attempt) => retryDelayMs(attempt, undefined, () => 0.5));
  expect(delays).toEqual([1_000, 2_000, 4_000, 256_000, 300_000]);
  expect(retryDelayMs(1, 42_000, () => 0.5)).toBe(42_000);
  expect([retryDelayMs(1, undefined, () => 0), retryDelayMs(1, undefined, () => 1)]).toEqual([800, 1_200]);
});

import type { EventName } from "@openclaw/protocol";
import { ManualClock } from "@openclaw/testkit/clock";
import { expect, it } from "vitest";

import { EventBus } from "../../src/events/bus.ts";
import { FanOut } from "../../src/events/fan-out.ts";
import { EventJournal } from "../../src/events/journal.ts";
import { STREAM_LIMITS } from "../../src/events/streams.ts";
import { Line } from "../support/line.ts";

const MAX_BUFFERED_BYTES = 100_000;

interface Member {
  readonly line: Line;
  readonly received: [event: string, seq: number, n: unknown][];
  bytes: number;
  isSlow: boolean;
}

/** So many clients of one fan-out. */
function crowd(size: number) {
  const bus = new EventBus((error) => {
    throw error;
  });
  let ids = 0;
  const fanOut = new FanOut({
    bus,
    clock: new ManualClock(),
    uuid: () => `epoch-${(ids += 1)}`,
    onDelivery: () => {},
    onReplaced: () => {},
    limits: STREAM_LIMITS,
    tickIntervalMs: 1_000_000_000,
    stateVersion: () => ({ presence: 1, health: 1 }),
    toDialect: (_dialect, _event, payload) => payload,
    encodedPayload: () => undefined,
  });
  const members = Array.from({ length: size }, (_, index): Member => {
    const received: Member["received"] = [];
    const line = new Line({
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      receive: ({ event, seq, payload }) => {
        received.push([event, seq, payload["n"]]);
        member.bytes += String(payload["text"]).length;
      },
      onSlow: () => {
        member.isSlow = true;
        fanOut.remove(`client-${index}`);
      },
    });
    const member: Member = { line, received, bytes: 0, isSlow: false };
    const { begin } = fanOut.admit({
      id: `client-${index}`,
      role: "operator",
      scopes: ["operator.read"],
      dialect: 4,
      owner: `owner-${index}`,
      canResume: true,
      resume: undefined,
      outlet: line.queue,
    });
    begin();
    return member;
  });
  const publish = (event: EventName, payload: object): void => bus.publish(event, payload as never);
  return { members, publish, [Symbol.dispose]: () => fanOut[Symbol.dispose]() };
}

it("F17 one client that reads nothing costs a bounded amount and changes nothing for a thousand others", async () => {
  using world = crowd(1_001);
  const [stuck, ...others] = world.members;
  if (!stuck) throw new Error("there are members");
  stuck.line.setSlow(true);
  const text = "x".repeat(10_000);
  let most = 0;
  for (let n = 1; n <= 20; n += 1) {
    world.publish("chat", { n, text });
    world.publish("tick", { n, text });
    await Promise.resolve();
    most = Math.max(most, stuck.line.waiting);
  }
  const expected = Array.from({ length: 20 }, (_, index) => [
    ["chat", index * 2 + 1, index + 1],
    ["tick", index * 2 + 2, index + 1],
  ]).flat();
  for (const other of others) expect(other.received).toEqual(expected);
  expect(new Set(others.map(({ bytes }) => bytes))).toEqual(new Set([20 * 2 * text.length]));
  expect(others.some(({ isSlow }) => isSlow)).toBe(false);
  expect(stuck.isSlow).toBe(true);
  // Full means past the limit, so the last event that found room may stand over it.
  expect(most).toBeGreaterThan(MAX_BUFFERED_BYTES / 2);
  expect(most).toBeLessThan(MAX_BUFFERED_BYTES + 2 * text.length);
});

it("F17 what is kept for those who come back is bounded for all together, by bytes, by number and by age", () => {
  const journal = new EventJournal({ maxEvents: 100, maxBytes: 50_000, maxAgeMs: 1_000 });
  const record = (bytes: number, at: number): void => {
    const frame = { name: "chat", droppable: false, body: Buffer.alloc(bytes) } as const;
    journal.record({ 3: frame, 4: frame }, undefined, at);
  };
  const count = (): number => journal.head - journal.tail + 1;
  for (let n = 0; n < 1_000; n += 1) {
    record(n % 3 === 0 ? 10 : 2_000, 0);
    expect(journal.bytes).toBeLessThanOrEqual(50_000);
    expect(count()).toBeLessThanOrEqual(100);
  }
  for (let n = 0; n < 1_000; n += 1) record(1, 1);
  expect([count(), journal.bytes]).toEqual([100, 100]);
  record(60_000, 1);
  expect([count(), journal.bytes]).toEqual([0, 0]);
  record(1, 1);
  record(1, 1_002);
  expect([count(), journal.bytes]).toEqual([1, 1]);
  journal.prune(2_003);
  expect([count(), journal.bytes]).toEqual([0, 0]);
});

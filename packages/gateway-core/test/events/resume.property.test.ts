import type { EventName } from "@openclaw/protocol";
import { ManualClock } from "@openclaw/testkit/clock";
import * as fc from "fast-check";
import { expect, it } from "vitest";

import { EventBus } from "../../src/events/bus.ts";
import { FanOut } from "../../src/events/fan-out.ts";
import { Line } from "../support/line.ts";

const LIMITS = { maxEvents: 64, maxBytes: 60_000, maxAgeMs: 60_000, maxAway: 4, maxReplayBytes: 20_000 };

/** What the client saw: numbered events, and the times it was told that something is lost. */
type Seen = { readonly seq: number; readonly event: string; readonly n: number } | "lost";

/** A gateway's events and one client that loses its connection again and again, beside one that never does. */
class World implements Disposable {
  readonly clock = new ManualClock();
  readonly bus = new EventBus((error) => {
    throw error;
  });
  readonly seen: Seen[] = [];
  readonly published: { readonly event: EventName; readonly n: number }[] = [];
  recovered = 0;
  wasSlow = false;
  readonly #fanOut: FanOut;
  #ids = 0;
  #line: { readonly id: string; readonly line: Line } | undefined;
  #point: { epoch: string; seq: number } | undefined;

  constructor() {
    this.#fanOut = new FanOut({
      bus: this.bus,
      clock: this.clock,
      uuid: () => `epoch-${(this.#ids += 1)}`,
      onDelivery: () => {},
      onReplaced: () => {},
      limits: LIMITS,
      tickIntervalMs: 1_000_000_000,
      stateVersion: () => ({ presence: 1, health: 1 }),
      toDialect: (_dialect, _event, payload) => payload,
      encodedPayload: () => undefined,
    });
    this.connect();
  }

  connect(): void {
    const lost = this.#line;
    if (lost && !lost.line.isCut) return;
    const id = `connection-${(this.#ids += 1)}`;
    const line = new Line({
      maxBufferedBytes: 1_000,
      receive: ({ event, seq, payload }) => {
        this.seen.push({ event, seq, n: Number(payload["n"]) });
        if (this.#point) this.#point = { ...this.#point, seq };
      },
      onSlow: () => queueMicrotask(() => this.disconnect()),
    });
    const { offer, begin } = this.#fanOut.admit({
      id,
      role: "operator",
      scopes: ["operator.read"],
      dialect: 4,
      owner: "me",
      canResume: true,
      resume: this.#point,
      outlet: line.queue,
    });
    if (this.#point && offer?.recovered === true) this.recovered += 1;
    else this.seen.push("lost");
    if (!offer) throw new Error("no offer");
    this.#point = { epoch: offer.epoch, seq: offer.seq };
    this.#line = { id, line };
    begin();
    if (lost) this.#fanOut.remove(lost.id);
  }

  /** The line breaks, and the gateway does not know yet. */
  cut(): void {
    this.#line?.line.cut();
  }

  disconnect(): void {
    const gone = this.#line;
    if (!gone) return;
    this.#line = undefined;
    gone.line.cut();
    this.#fanOut.remove(gone.id);
  }

  setSlow(isSlow: boolean): void {
    this.wasSlow ||= isSlow;
    this.#line?.line.setSlow(isSlow);
  }

  publish(event: "chat" | "tick" | "presence", size: number): void {
    const n = this.published.length + 1;
    this.published.push({ event, n });
    this.bus.publish(event, { n, text: "x".repeat(size) } as never);
  }

  [Symbol.dispose](): void {
    this.disconnect();
    this.#fanOut[Symbol.dispose]();
  }
}

const step = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constantFrom("chat", "tick", "presence"), fc.integer({ min: 0, max: 400 })) },
  { weight: 3, arbitrary: fc.constantFrom("disconnect", "cut", "slow", "quick") },
  { weight: 4, arbitrary: fc.constant("connect") },
  { weight: 1, arbitrary: fc.constantFrom("wait", "wait long") },
);

async function run(world: World, steps: readonly (string | readonly [string, number])[]): Promise<void> {
  for (const action of steps) {
    if (typeof action !== "string") world.publish(action[0] as "chat", action[1]);
    else if (action === "connect") world.connect();
    else if (action === "disconnect") world.disconnect();
    else if (action === "cut") world.cut();
    else if (action === "wait") await world.clock.advance(1_000);
    else if (action === "wait long") await world.clock.advance(61_000);
    else world.setSlow(action === "slow");
    await Promise.resolve();
  }
  world.setSlow(false);
  world.connect();
  await new Promise((resolve) => setImmediate(resolve));
  world.connect();
  await new Promise((resolve) => setImmediate(resolve));
}

it("F17 F18 whatever the network does, a client sees each event once and in order, or is told that some are lost", async () => {
  let recovered = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120, size: "max" }), async (steps) => {
      using world = new World();
      await run(world, steps);
      recovered += world.recovered;
      let expectedSeq = 1;
      let last = 0;
      const received = new Set<number>();
      for (const seen of world.seen) {
        if (seen === "lost") {
          expectedSeq = 1;
          last = Number.NaN;
          continue;
        }
        expect(seen.seq).toBe(expectedSeq);
        expectedSeq += 1;
        expect(received).not.toContain(seen.n);
        received.add(seen.n);
        // A slow client gets only the newest of what it may miss, when it has caught up.
        if (seen.event !== "chat") {
          if (!world.wasSlow && !Number.isNaN(last)) expect(seen.n).toBe(last + 1);
          if (!world.wasSlow) last = seen.n;
          continue;
        }
        if (!Number.isNaN(last)) {
          const between = world.published.slice(last, seen.n - 1);
          expect(between.filter(({ event }) => event === "chat" || !world.wasSlow)).toEqual([]);
        }
        last = seen.n;
      }
      const lastChat = world.published.findLast(({ event }) => event === "chat");
      if (!world.seen.slice(1).includes("lost") && lastChat) expect(received).toContain(lastChat.n);
    }),
    { numRuns: 500 },
  );
  // The property would hold as well for a gateway that never remembers anything.
  expect(recovered).toBeGreaterThan(400);
});

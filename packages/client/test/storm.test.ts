import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ClientError, exponentialBackoff, GatewayClient } from "../src/index.ts";
import { FakeGateway, OPTIONS, type Peer, type Request } from "./fake-gateway.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A gateway that does each keyed piece of work once, remembers its answer, and answers when it likes. */
class Worker {
  readonly done = new Map<string, number>();
  readonly #chance: () => number;

  constructor(chance: () => number) {
    this.#chance = chance;
  }

  request(peer: Peer, { id, params }: Request): void {
    const key = String(params["idempotencyKey"]);
    this.done.set(key, this.done.get(key) ?? this.done.size + 1);
    const answer = () => peer.ok(id, { key, result: this.done.get(key) });
    if (this.#chance() < 0.5) answer();
    else setTimeout(answer, this.#chance() * 50);
  }
}

it.each([1, 2, 3, 4, 5])(
  "F18 survives 1000 random disconnects in order, and no lost answer passes for one (seed %i)",
  async (seed) => {
    const chance = seeded(seed);
    const worker = new Worker(chance);
    const gateway = new FakeGateway({ request: (peer, request) => worker.request(peer, request) });
    const client = await GatewayClient.connectThrough(gateway.openTransport, {
      ...OPTIONS,
      refreshOnGap: false,
      reconnect: exponentialBackoff({ initialMs: 1, maximumMs: 20, random: chance }),
    });

    // One reader must see each connection's numbers rise without a hole, or a gap notice where they start anew.
    let connection = 0;
    let lastSeq = 0;
    let read = 0;
    const reading = (async () => {
      for await (const event of client.events()) {
        if (event.type === "local") {
          expect(event).toMatchObject({ event: "gap", payload: { cause: "reconnected" } });
          connection += 1;
          lastSeq = 0;
        } else {
          expect(event.seq).toBe(lastSeq + 1);
          lastSeq += 1;
          read += 1;
        }
      }
    })();

    const outcomes = { answered: 0, closed: 0, resent: 0 };
    const requests: Promise<void>[] = [];
    const ask = (key: string, resendOnReconnect: boolean) => {
      requests.push(
        client.requestRaw("work", { idempotencyKey: key }, { resendOnReconnect, timeoutMs: 600_000 }).then(
          (answer) => {
            expect(answer).toEqual({ key, result: worker.done.get(key) });
            if (resendOnReconnect) outcomes.resent += 1;
            else outcomes.answered += 1;
          },
          (error: unknown) => {
            expect(error).toBeInstanceOf(ClientError);
            expect(error).toMatchObject({ code: "CLOSED", retryable: true });
            expect(resendOnReconnect).toBe(false);
            outcomes.closed += 1;
          },
        ),
      );
    };

    let disconnects = 0;
    for (let step = 0; disconnects < 1000; step += 1) {
      const peer = gateway.peer;
      for (let n = 0; n < 3; n += 1) {
        ask(`${step}.${n}`, n === 0);
        if (peer.closed === undefined) peer.event("tick", { step, n });
      }
      await vi.advanceTimersByTimeAsync(chance() * 30);
      if (chance() < 0.6 && gateway.peer.closed === undefined) {
        if (chance() < 0.5) gateway.peer.cut();
        else gateway.peer.close(1012, "service restart");
        disconnects += 1;
        await vi.advanceTimersByTimeAsync(chance() < 0.5 ? 0 : chance() * 40);
      }
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(client.state).toBe("open");
    await Promise.all(requests);
    expect(outcomes.resent).toBe(requests.length / 3);
    expect(outcomes.answered + outcomes.closed).toBe((requests.length / 3) * 2);
    expect(outcomes.answered).toBeGreaterThan(100);
    expect(outcomes.closed).toBeGreaterThan(100);
    await client.close();
    await reading;
    expect(connection).toBeGreaterThan(900);
    expect(read).toBeGreaterThan(1000);
    expect(vi.getTimerCount()).toBe(0);
  },
);

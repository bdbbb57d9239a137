import { eventually } from "@openclaw/testkit/eventually";
import { expect, it } from "vitest";

import { openPlane } from "../support/plane.ts";

const LIMITS = { maxBufferedBytes: 1_000_000 };

function chat(seq: number, size: number) {
  return { runId: "r1", sessionKey: "agent:main:main", seq, state: "delta" as const, deltaText: "x".repeat(size) };
}

it("F17 a client that does not read is closed with a reason, and nobody else notices", async () => {
  await using open = await openPlane({ limits: LIMITS });
  await using stuck = await open.connect();
  await using healthy = await open.connect();
  stuck.socket.pause();
  const count = 60;
  for (let seq = 1; seq <= count; seq += 1) {
    open.bus.publish("chat", chat(seq, 300_000));
    await healthy.event("chat", (frame) => frame.payload?.["seq"] === seq);
  }
  expect(healthy.events("chat").map(({ seq }) => seq)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  expect((await healthy.request("health")).ok).toBe(true);
  stuck.socket.resume();
  expect(await stuck.close()).toEqual({ code: 1008, reason: "slow consumer" });
  const seen = stuck.events("chat").map(({ seq }) => seq);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.length).toBeLessThan(count);
  expect(seen).toEqual(seen.map((_, index) => index + 1));
});

it("F17 droppable events are dropped first: afterwards a slow client gets the newest of each kind, without a gap", async () => {
  await using open = await openPlane({ limits: LIMITS });
  await using slow = await open.connect();
  await using healthy = await open.connect();
  slow.socket.pause();
  const count = 60;
  for (let uptimeMs = 1; uptimeMs <= count; uptimeMs += 1) {
    const snapshot = { ...open.parts.health.current, uptimeMs, version: "x".repeat(300_000) };
    open.bus.publish("health", snapshot);
    open.bus.publish("tick", { ts: uptimeMs });
    await healthy.event("tick", ({ payload }) => payload?.["ts"] === uptimeMs);
  }
  expect(healthy.events("health")).toHaveLength(count);
  slow.socket.resume();
  await slow.event("health", ({ payload }) => payload?.["uptimeMs"] === count);
  await slow.event("tick", ({ payload }) => payload?.["ts"] === count);
  expect(slow.closed).toBeUndefined();
  expect(slow.events("health").length).toBeLessThan(count);
  const numbered = slow.frames.map(({ seq }) => seq).filter((seq) => seq !== undefined);
  expect(numbered).toEqual(numbered.map((_, index) => index + 1));
  open.bus.publish("chat", chat(1, 10));
  expect((await slow.event("chat")).seq).toBe(numbered.length + 1);
});

it("answers never make a client slow, and while they wait no further requests are read", async () => {
  const answers: number[] = [];
  const big = {
    name: "big",
    scope: null,
    parse: (params: unknown) => params as { n: number },
    handle: ({ n }: { n: number }) => {
      answers.push(n);
      return { n, text: "x".repeat(4_000_000) };
    },
  };
  await using open = await openPlane({ limits: LIMITS, extraMethods: [big] });
  await using client = await open.connect();
  client.socket.pause();
  for (let n = 0; n < 20; n += 1)
    client.sendRaw(JSON.stringify({ type: "req", id: `big${n}`, method: "big", params: { n } }));
  await eventually("the gateway to answer some", () => answers.length > 0);
  await using other = await open.connect();
  for (let turn = 0; turn < 20; turn += 1) await other.request("health");
  expect(answers.length).toBeLessThan(20);
  open.bus.publish("chat", chat(1, 10));
  client.socket.resume();
  for (let n = 0; n < 20; n += 1) expect((await client.answer(`big${n}`)).ok).toBe(true);
  expect(client.closed).toBeUndefined();
  expect(client.events("chat")).toHaveLength(1);
});

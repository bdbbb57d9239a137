import { ManualClock } from "@openclaw/testkit/clock";
import { describe, expect, test } from "vitest";

import { RateLimits } from "../src/sending/rate-limits.ts";
import { Scene } from "./scene.ts";

/** Sends as fast as the limits allow for a while; answers how many went, by chat. */
async function flood(chatIds: readonly string[], forMs: number): Promise<Map<string, number>> {
  const clock = new ManualClock();
  const limits = new RateLimits();
  const end = clock.now() + forMs;
  const sent = new Map<string, number>();
  while (clock.now() < end) {
    for (const chatId of chatIds) {
      while (limits.take(chatId, clock.now(), 0) === 0) sent.set(chatId, (sent.get(chatId) ?? 0) + 1);
    }
    await clock.advance(10);
  }
  return sent;
}

const total = (counts: Map<string, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

describe("the pace of a bot", () => {
  test("one chat gets a short burst, then a message a second", async () => {
    const count = (await flood(["7"], 60_000)).get("7") ?? 0;
    expect(count).toBeGreaterThanOrEqual(60);
    expect(count).toBeLessThanOrEqual(65);
  });

  test("a group gets twenty a minute", async () => {
    const count = (await flood(["-100"], 10 * 60_000)).get("-100") ?? 0;
    expect(count).toBeGreaterThanOrEqual(200);
    expect(count).toBeLessThanOrEqual(221);
  });

  test("all chats together get thirty a second", async () => {
    const chatIds = Array.from({ length: 200 }, (_unused, index) => String(index + 1));
    const count = total(await flood(chatIds, 10_000));
    expect(count).toBeGreaterThanOrEqual(300);
    expect(count).toBeLessThanOrEqual(331);
  });

  test("messages that wait take their places one after the other", () => {
    const limits = new RateLimits();
    const waits = Array.from({ length: 8 }, () => limits.take("7", 0, 5_000));
    expect(waits).toEqual([0, 0, 0, 0, 0, 1_000, 2_000, 3_000]);
  });

  test("what would wait too long takes no place", () => {
    const limits = new RateLimits();
    for (let index = 0; index < 5; index += 1) limits.take("7", 0, 0);
    expect(limits.take("7", 0, 500)).toBe(1_000);
    expect(limits.take("7", 1_000, 500)).toBe(0);
  });
});

test("a message over the limit waits, and one far over it is left to the gateway", async () => {
  await using scene = await Scene.online();
  const outcomes = [];
  for (let index = 0; index < 6; index += 1) outcomes.push(await scene.send(`message ${index}`));
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 6 }, () => "sent"));
  expect(scene.host.sleeps.some((slept) => slept > 0 && slept <= 1_000)).toBe(true);
});

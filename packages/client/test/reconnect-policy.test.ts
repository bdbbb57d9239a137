import { expect, it } from "vitest";

import { ClientError, exponentialBackoff } from "../src/index.ts";

const lost = new ClientError("CLOSED", "lost");
const restarting = new ClientError("CLOSED", "restart", { retryAfterMs: 1500 });

it("grows from 250 ms to 30 s, and half of each wait is left to chance", () => {
  for (const [random, part] of [
    [() => 0, 1],
    [() => 0.5, 0.75],
    [() => 0.999999, 0.5],
  ] as const) {
    const policy = exponentialBackoff({ random });
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1000].map((attempt) => Math.round(policy.delayMs(attempt, lost) ?? -1));
    const grown = [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000];
    expect(waits).toEqual(grown.map((wait) => Math.round(wait * part)));
  }
});

it("keeps to what the gateway asked for, a little late, and never goes below it later", () => {
  const punctual = exponentialBackoff({ random: () => 0 });
  expect([1, 2, 3, 4].map((attempt) => punctual.delayMs(attempt, restarting))).toEqual([1500, 1500, 1500, 2000]);
  expect(exponentialBackoff({ random: () => 1 }).delayMs(1, restarting)).toBe(1800);
  const absurd = new ClientError("UNAVAILABLE", "in a month", { retryAfterMs: 2_592_000_000 });
  expect(punctual.delayMs(1, absurd)).toBe(300_000);
});

it("gives up after maximumAttempts", () => {
  const policy = exponentialBackoff({ maximumAttempts: 2 });
  expect(policy.delayMs(2, lost)).toBeDefined();
  expect(policy.delayMs(3, lost)).toBeUndefined();
});

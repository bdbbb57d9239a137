import { expect, it } from "vitest";

import { countOnSignal } from "../src/signals.ts";

it("counts what listens to a signal, and through signals that were made of it", () => {
  const { signal } = new AbortController();
  expect(countOnSignal(signal)).toBe(0);
  signal.addEventListener("abort", () => {});
  for (const other of [new AbortController(), new AbortController()]) {
    AbortSignal.any([signal, other.signal]).addEventListener("abort", () => {});
  }
  expect(countOnSignal(signal)).toBe(3);
});

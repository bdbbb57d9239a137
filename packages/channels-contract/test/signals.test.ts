import { getEventListeners } from "node:events";

import { expect, it } from "vitest";

import { joinSignals } from "../src/index.ts";

it("aborts with the first of its sources, and with that one's reason", () => {
  const [first, second] = [new AbortController(), new AbortController()];
  using joined = joinSignals(first.signal, second.signal);
  expect(joined.signal.aborted).toBe(false);
  const reason = new Error("the second");
  second.abort(reason);
  first.abort(new Error("the first"));
  expect(joined.signal.reason).toBe(reason);
});

it("is aborted from the start when a source is", () => {
  using joined = joinSignals(new AbortController().signal, AbortSignal.abort("over"));
  expect(joined.signal.reason).toBe("over");
});

it("F16 leaves nothing behind at its sources once it is disposed", () => {
  const gateway = new AbortController();
  for (let message = 0; message < 100; message += 1) {
    using joined = joinSignals(gateway.signal, new AbortController().signal);
    joined.signal.addEventListener("abort", () => {});
  }
  expect(getEventListeners(gateway.signal, "abort")).toEqual([]);
});

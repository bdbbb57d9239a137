import { getEventListeners } from "node:events";

/**
 * How much hangs on a signal: what listens to its abort, and what listens through signals of `AbortSignal.any` that it
 * is a source of, which Node keeps with it. Throws when Node keeps them in another way than the one that is read here.
 */
export function countOnSignal(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length + dependantsOf(signal);
}

function dependantsOf(signal: AbortSignal): number {
  const key = dependantsKey(signal);
  if (key !== undefined) return sizeOf(Reflect.get(signal, key));
  const probe = new AbortController().signal;
  AbortSignal.any([probe]).addEventListener("abort", () => {});
  if (dependantsKey(probe) === undefined) throw new Error("Node no longer shows which signals depend on a signal.");
  return 0;
}

function dependantsKey(signal: AbortSignal): symbol | undefined {
  return Object.getOwnPropertySymbols(signal).find(({ description }) => description === "kDependantSignals");
}

function sizeOf(dependants: unknown): number {
  const size: unknown =
    typeof dependants === "object" && dependants !== null ? Reflect.get(dependants, "size") : undefined;
  return typeof size === "number" ? size : 0;
}

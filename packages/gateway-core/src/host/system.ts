import { randomBytes, randomUUID } from "node:crypto";

import type { Clock, Ids, Timer } from "../ports.ts";

/** Node's timers fire at once for anything longer than this. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own time. Its timers do not keep the process alive: what must go on holds a socket or a file. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => {
    const timeout = setTimeout(callback, Math.min(Math.max(0, delayMs), LONGEST_TIMEOUT_MS)).unref();
    return timerOf(() => clearTimeout(timeout));
  },
  setInterval: (callback, intervalMs) => {
    const interval = setInterval(callback, Math.min(intervalMs, LONGEST_TIMEOUT_MS)).unref();
    return timerOf(() => clearInterval(interval));
  },
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = () => {
        timer.cancel();
        reject(signal?.reason as Error);
      };
      const timer = systemClock.setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, delayMs);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

/** Random identifiers from the operating system's generator. */
export const systemIds: Ids = {
  uuid: () => randomUUID(),
  secret: (bytes) => randomBytes(bytes).toString("base64url"),
};

function timerOf(cancel: () => void): Timer {
  return { cancel, [Symbol.dispose]: cancel };
}

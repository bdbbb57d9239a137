import { ManualClock } from "@openclaw/testkit/clock";

import type { Clock, Timer } from "../../src/ports.ts";

/** A clock whose time of day can be set: timers go by the time that passes, `now` by what the clock shows. */
export class WallClock implements Clock {
  readonly #inner: ManualClock;
  #offset = 0;

  constructor(startAt?: number) {
    this.#inner = new ManualClock(startAt);
  }

  now(): number {
    return this.#inner.now() + this.#offset;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    return this.#inner.setTimeout(callback, delayMs);
  }

  setInterval(callback: () => void, intervalMs: number): Timer {
    return this.#inner.setInterval(callback, intervalMs);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return this.#inner.sleep(delayMs, signal);
  }

  /** Lets time pass. */
  advance(milliseconds: number): Promise<void> {
    return this.#inner.advance(milliseconds);
  }

  /** Sets the clock; no time passes. */
  jump(milliseconds: number): void {
    this.#offset += milliseconds;
  }
}

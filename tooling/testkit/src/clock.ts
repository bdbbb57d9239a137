/** A timer of a ManualClock. */
export interface ManualTimer extends Disposable {
  cancel(): void;
}

interface Entry {
  readonly callback: () => void;
  readonly repeatMs: number | undefined;
  dueAt: number;
}

/**
 * A clock that stands still until a test moves it. Timers fire in the order of their time while `advance` walks over
 * them, and what they start gets to run before the next one fires.
 */
export class ManualClock {
  #now: number;
  readonly #entries = new Set<Entry>();

  constructor(startAt = Date.UTC(2026, 0, 1)) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#entries.size;
  }

  setTimeout(callback: () => void, delayMs: number): ManualTimer {
    return this.#add({ callback, repeatMs: undefined, dueAt: this.#now + Math.max(0, delayMs) });
  }

  setInterval(callback: () => void, intervalMs: number): ManualTimer {
    return this.#add({ callback, repeatMs: Math.max(1, intervalMs), dueAt: this.#now + Math.max(1, intervalMs) });
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const timer = this.setTimeout(resolve, delayMs);
      signal?.addEventListener(
        "abort",
        () => {
          timer.cancel();
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }

  /** Moves time forward. Resolves when every timer that came due, and what it started, has run. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.#now + milliseconds;
    await settle();
    for (let next = this.#nextDue(target); next; next = this.#nextDue(target)) {
      this.#now = Math.max(this.#now, next.dueAt);
      if (next.repeatMs === undefined) this.#entries.delete(next);
      else next.dueAt += next.repeatMs;
      next.callback();
      await settle();
    }
    this.#now = target;
  }

  #nextDue(until: number): Entry | undefined {
    const due = [...this.#entries].filter((entry) => entry.dueAt <= until);
    return due.sort((a, b) => a.dueAt - b.dueAt)[0];
  }

  #add(entry: Entry): ManualTimer {
    this.#entries.add(entry);
    const cancel = () => void this.#entries.delete(entry);
    return { cancel, [Symbol.dispose]: cancel };
  }
}

/** A piece of work with several commits, one after the other, each of which takes a few turns of the event loop. */
const TURNS = 60;

/** Lets everything that is ready to run, run: promise chains and the callbacks of finished input and output. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

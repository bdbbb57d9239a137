import type { Clock } from "../ports.ts";

export type RequestOutcome = "approved" | "rejected" | "expired";

/** Outcomes that are remembered for those who ask late. */
const MAX_REMEMBERED = 200;
/** Devices that may wait for an outcome at once. */
const MAX_WAITING = 200;

interface Decided {
  readonly deviceId: string;
  readonly outcome: RequestOutcome;
}

/** What became of pairing requests, for devices that wait to hear it. Kept in memory: after a restart they ask anew. */
export class Decisions {
  readonly #clock: Clock;
  readonly #decided = new Map<string, Decided>();
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(requestId: string, deviceId: string, outcome: RequestOutcome): void {
    this.#decided.set(requestId, { deviceId, outcome });
    const [oldest] = this.#decided.keys();
    if (this.#decided.size > MAX_REMEMBERED && oldest !== undefined) this.#decided.delete(oldest);
    for (const look of this.#waiting) look();
  }

  /** The outcome of a device's own request. */
  outcomeOf(requestId: string, deviceId: string): RequestOutcome | undefined {
    const decided = this.#decided.get(requestId);
    return decided?.deviceId === deviceId ? decided.outcome : undefined;
  }

  get isFull(): boolean {
    return this.#waiting.size >= MAX_WAITING;
  }

  /** Resolves with the outcome, or with undefined when the time is up or the signal aborts. */
  wait(requestId: string, deviceId: string, timing: { timeoutMs: number; signal: AbortSignal }) {
    return new Promise<RequestOutcome | undefined>((resolve) => {
      const finish = (outcome: RequestOutcome | undefined): void => {
        timer.cancel();
        timing.signal.removeEventListener("abort", giveUp);
        this.#waiting.delete(look);
        resolve(outcome);
      };
      const giveUp = (): void => finish(undefined);
      const look = (): void => {
        const outcome = this.outcomeOf(requestId, deviceId);
        if (outcome !== undefined) finish(outcome);
      };
      const timer = this.#clock.setTimeout(giveUp, timing.timeoutMs);
      timing.signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(look);
      look();
    });
  }
}

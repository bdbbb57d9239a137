import type { Clock } from "../ports.ts";

export interface FailureLimits {
  /** Wrong guesses that one network has at once. */
  readonly burst: number;
  /** After this long it has one more. */
  readonly refillMs: number;
  /** The same for all networks together. */
  readonly totalBurst: number;
  readonly totalRefillMs: number;
}

/** A person who mistypes is never stopped; a program gets 20 guesses a minute, and all programs together 300. */
export const FAILURE_LIMITS: FailureLimits = { burst: 20, refillMs: 3_000, totalBurst: 300, totalRefillMs: 200 };

const MAX_NETWORKS = 2_000;
const MAX_REMEMBERED_GUESSES = 32;

interface Failures {
  bucket: Bucket;
  /** Guesses that are known to be wrong. Presenting one again tells its sender nothing, so it costs nothing. */
  readonly wrong: Set<string>;
}

interface Bucket {
  left: number;
  countedAt: number;
}

/**
 * Counts wrong credentials. Loopback is limited like any other network, since any web page and any program can reach
 * it. A client that repeats one stale credential for ever uses up a single guess, so it does not lock its owner out.
 * When all networks together are over the limit, those that never failed may still try. Source: catalogue S.
 */
export class FailureLimiter {
  readonly #clock: Clock;
  readonly #limits: FailureLimits;
  readonly #records = new Map<string, Failures>();
  readonly #total: Bucket;

  constructor(clock: Clock, limits: FailureLimits = FAILURE_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
    this.#total = { left: limits.totalBurst, countedAt: clock.now() };
  }

  /** True when a network is not as good as any other. */
  hasFailed(network: string): boolean {
    return this.#records.has(network);
  }

  knowsWrong(network: string, guess: string): boolean {
    return this.#records.get(network)?.wrong.has(guess) ?? false;
  }

  /** How many milliseconds a network has to wait before its next guess is looked at; 0 when it need not. */
  waitMs(network: string): number {
    const record = this.#records.get(network);
    if (!record) return 0;
    const { burst, refillMs, totalBurst, totalRefillMs } = this.#limits;
    return Math.max(
      this.#waitFor(record.bucket, burst, refillMs),
      this.#waitFor(this.#total, totalBurst, totalRefillMs),
    );
  }

  /** Counts a wrong guess. True when it was the network's last one for now. */
  failed(network: string, guess: string): boolean {
    const { burst, refillMs, totalBurst, totalRefillMs } = this.#limits;
    const record = this.#recordOf(network);
    if (record.wrong.size >= MAX_REMEMBERED_GUESSES) record.wrong.clear();
    record.wrong.add(guess);
    this.#refill(this.#total, totalBurst, totalRefillMs);
    this.#total.left = Math.max(0, this.#total.left - 1);
    this.#refill(record.bucket, burst, refillMs);
    record.bucket.left = Math.max(0, record.bucket.left - 1);
    return record.bucket.left === 0;
  }

  #waitFor(bucket: Bucket, burst: number, refillMs: number): number {
    this.#refill(bucket, burst, refillMs);
    return bucket.left > 0 ? 0 : Math.max(1, bucket.countedAt + refillMs - this.#clock.now());
  }

  #refill(bucket: Bucket, burst: number, refillMs: number): void {
    const earned = Math.floor((this.#clock.now() - bucket.countedAt) / refillMs);
    if (earned <= 0) return;
    bucket.left = Math.min(burst, bucket.left + earned);
    bucket.countedAt += earned * refillMs;
  }

  #recordOf(network: string): Failures {
    let record = this.#records.get(network);
    if (record) {
      // The map's order is that of the last failure, so that the oldest goes first.
      this.#records.delete(network);
    } else {
      const oldest = this.#records.size >= MAX_NETWORKS ? this.#records.keys().next().value : undefined;
      if (oldest !== undefined) this.#records.delete(oldest);
      record = { bucket: { left: this.#limits.burst, countedAt: this.#clock.now() }, wrong: new Set() };
    }
    this.#records.set(network, record);
    return record;
  }
}

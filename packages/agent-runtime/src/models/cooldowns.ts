import type { AgentErrorReason, Clock } from "@openclaw/gateway-core/ports";

const MINUTE_MS = 60_000;
/** How long a model is left alone after its first, second and third failure in a row, and after every further one. */
const STEPS_MS = [MINUTE_MS, 5 * MINUTE_MS, 25 * MINUTE_MS, 60 * MINUTE_MS];
const LONGEST_MS = 60 * MINUTE_MS;
/** Failures that lie further back than this do not count. */
const FORGET_MS = 24 * 60 * MINUTE_MS;
const MOST_MODELS = 256;

/** Failures after which a model is better left alone for a while. A missing key is none: it is cheap to look again. */
const COOLING: ReadonlySet<AgentErrorReason> = new Set<AgentErrorReason>([
  "authentication",
  "rate-limit",
  "overloaded",
  "network",
]);

/** A model that is left alone. */
export interface Cooldown {
  readonly reason: AgentErrorReason;
  /** In epoch milliseconds. */
  readonly until: number;
}

interface Entry extends Cooldown {
  readonly failures: number;
  readonly failedAt: number;
  readonly access: string;
}

/**
 * Remembers which models failed lately, over all turns: 1, 5, 25 and then 60 minutes, or as long as a provider that
 * limits the rate says, at most an hour. Kept in memory: a restart asks again. Source: failover facts 5.7.
 */
export class Cooldowns {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `access` is how the model is reached, key included: another way to reach it is worth a try at once. */
  of(reference: string, access: string): Cooldown | undefined {
    const entry = this.#entries.get(reference);
    return entry !== undefined && entry.access === access && entry.until > this.#clock.now() ? entry : undefined;
  }

  failed(
    reference: string,
    access: string,
    failure: { reason: AgentErrorReason; retryAfterMs?: number | undefined },
  ): void {
    if (!COOLING.has(failure.reason)) return;
    const now = this.#clock.now();
    const earlier = this.#entries.get(reference);
    const counts = earlier !== undefined && earlier.access === access && now - earlier.failedAt < FORGET_MS;
    const failures = (counts ? earlier.failures : 0) + 1;
    const step = STEPS_MS[failures - 1] ?? LONGEST_MS;
    const asked = failure.reason === "rate-limit" ? failure.retryAfterMs : undefined;
    const until = now + Math.min(asked ?? step, LONGEST_MS);
    this.#entries.delete(reference);
    this.#entries.set(reference, { reason: failure.reason, until, failures, failedAt: now, access });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MOST_MODELS && oldest !== undefined) this.#entries.delete(oldest);
  }

  succeeded(reference: string): void {
    this.#entries.delete(reference);
  }
}

import type { ClientError } from "./errors.ts";

/** Decides how long to wait before connecting again. It is asked only for errors whose `shouldRetry()` is true. */
export interface ReconnectPolicy {
  /**
   * Milliseconds to wait before attempt number `attempt`, counted from 1 since the last connection that lasted;
   * undefined gives up, and the client closes with the error.
   */
  delayMs(attempt: number, error: ClientError): number | undefined;
}

export interface BackoffOptions {
  /** Before the first attempt, in milliseconds. Default 250. */
  readonly initialMs?: number;
  /** The longest wait, in milliseconds. Default 30 000. */
  readonly maximumMs?: number;
  /** Each wait is so many times the one before. Default 2. */
  readonly factor?: number;
  /** Part of each wait that is left to chance, 0 to 1, so that many clients do not return in step. Default 0.5. */
  readonly jitter?: number;
  /** Attempts before giving up. Default: never. */
  readonly maximumAttempts?: number;
  /** Numbers from 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** No gateway keeps a client waiting longer than this by asking for it. */
const LONGEST_HINT_MS = 300_000;
/** A restart that was announced is met a little late rather than a little early. */
const HINT_JITTER = 0.2;

/**
 * Waits that grow from attempt to attempt, with jitter. When the gateway said how long (`retryAfterMs`, or
 * `restartExpectedMs` of a restart), the first attempt keeps to it and later ones never go below it.
 */
export function exponentialBackoff(options: BackoffOptions = {}): ReconnectPolicy {
  const { initialMs = 250, maximumMs = 30_000, factor = 2, jitter = 0.5 } = options;
  const { maximumAttempts = Number.POSITIVE_INFINITY, random = Math.random } = options;
  return {
    delayMs(attempt, error) {
      if (attempt > maximumAttempts) return undefined;
      const grown = Math.min(maximumMs, initialMs * factor ** (attempt - 1));
      const delay = grown * (1 - jitter * random());
      if (error.retryAfterMs === undefined) return delay;
      const hint = Math.min(error.retryAfterMs, LONGEST_HINT_MS) * (1 + HINT_JITTER * random());
      return attempt === 1 ? hint : Math.max(hint, delay);
    },
  };
}

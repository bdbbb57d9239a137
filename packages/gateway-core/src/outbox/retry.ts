const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5 * 60_000;
const JITTER = 0.2;

/**
 * How long to wait before attempt `attempt + 1`: doubles from one second to five minutes, spread by a fifth either
 * way so that many messages do not come back at once. The platform's own wish is a lower bound.
 */
export function retryDelayMs(attempt: number, platformWishMs: number | undefined, random: () => number): number {
  const exponential = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, attempt - 1), LONGEST_DELAY_MS);
  const spread = exponential * (1 + JITTER * (2 * random() - 1));
  return Math.round(Math.max(spread, platformWishMs ?? 0));
}

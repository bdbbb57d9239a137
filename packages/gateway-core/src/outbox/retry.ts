import { isIdempotentContent } from "@openclaw/channels-contract";

import { canBeLabelled } from "./content.ts";
import type { OutboxRow, Transition } from "./outbox-table.ts";

const MAX_UNKNOWN_RESENDS = 3;
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

/**
 * What to do with a message of which nobody knows whether it arrived.
 * `label` sends it once more with a visible note, `hold` leaves it to the operator, `resend` sends it again as it is.
 */
export type UnknownPolicy = "label" | "hold" | "resend";

/** What becomes of a row after an attempt of which nobody knows how it ended. */
export function afterUnknown(
  row: OutboxRow,
  policy: UnknownPolicy,
  again: { readonly reason: string; readonly nextAttemptAt: number },
): Transition {
  // Doing these twice is doing them once.
  if (isIdempotentContent(row.content)) return { state: "queued", ...again };
  if (policy === "label" && !row.labelled && canBeLabelled(row.content)) {
    return { state: "queued", ...again, labelled: true };
  }
  if (policy === "resend" && row.attempts < MAX_UNKNOWN_RESENDS) return { state: "queued", ...again };
  return { state: "unknown", reason: again.reason };
}

/**
 * What one account's connection is doing.
 * - `stopped`: not started, or stopped on purpose.
 * - `connecting`: first contact is under way.
 * - `online`: messages flow both ways.
 * - `backoff`: contact was lost; `retryAt` says when it is tried again.
 * - `conflict`: another process uses the same credentials; tried again slowly.
 * - `unauthorized`: the platform refuses the credentials; an operator must act.
 * - `unlinked`: no credentials yet; the account waits for a login.
 * - `failed`: a defect in the channel; an operator must act.
 */
export type ChannelState = (typeof FROM_BEST_TO_WORST)[number];

const FROM_BEST_TO_WORST = [
  "online",
  "connecting",
  "stopped",
  "backoff",
  "conflict",
  "unlinked",
  "unauthorized",
  "failed",
] as const;

/** A snapshot of one account. Times are epoch milliseconds. Holds no secret. */
export interface ChannelStatus {
  readonly state: ChannelState;
  readonly since: number;
  readonly retryAt?: number;
  /** Short machine-readable cause, for example "409". */
  readonly code?: string;
  /** One sentence for people: what is wrong and what to do. */
  readonly detail?: string;
  /** Who the account is on the platform, once known. */
  readonly identity?: { readonly id: string; readonly username?: string; readonly displayName?: string };
  readonly lastInboundAt?: number;
  readonly lastOutboundAt?: number;
}

/** True for states that only an operator's action ends. */
export function isTerminalState(state: ChannelState): boolean {
  return state === "unauthorized" || state === "unlinked" || state === "failed";
}

/** How bad a state is: the worst of several accounts is what a channel as a whole is said to be. One that is not told is not bad. */
export function badness(state: ChannelState | undefined): number {
  return state === undefined ? -1 : FROM_BEST_TO_WORST.indexOf(state);
}

import type { Address } from "./messages.ts";

/** Facts about a platform that the gateway needs before it builds an outbound message. Plain data. */
export interface ChannelCapabilities {
  /** The longest text of one message, in UTF-16 code units of Markdown. */
  readonly maxTextLength: number;
  /** True when a repeated `operationId` can not produce a second visible message. */
  readonly idempotentSend: boolean;
  readonly chatTypes: readonly ("direct" | "group" | "channel")[];
}

/** Shows "is writing" in a chat. Fire and forget: it never throws and is never retried. */
export interface TypingCapability {
  /** How long one call shows, in milliseconds; the gateway repeats it while a turn runs. */
  readonly lastsMs: number;
  show(to: Address, signal: AbortSignal): Promise<void>;
}

/** Sets or clears the account's reaction on a message. Idempotent. */
export interface ReactionCapability {
  /** `emoji` empty removes the account's own reaction. Throws ChannelError. */
  react(to: Address, messageId: string, emoji: string, signal: AbortSignal): Promise<void>;
}

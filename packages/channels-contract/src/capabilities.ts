import type { MediaKind } from "./media.ts";
import type { Address } from "./messages.ts";

/** Facts about a platform that the gateway needs before it builds an outbound message. Plain data. */
export interface ChannelCapabilities {
  /** The longest text of one message, in UTF-16 code units of Markdown. */
  readonly maxTextLength: number;
  /** True when a repeated `operationId` can not produce a second visible message. */
  readonly idempotentSend: boolean;
  readonly chatTypes: readonly ("direct" | "group" | "channel")[];
  /** The largest inbound file that is worth fetching, in bytes. 5 MiB unless given. */
  readonly maxDownloadBytes?: number;
  /** Content besides text that the channel takes. What is absent is refused before it is queued. */
  readonly outbound?: OutboundCapabilities;
}

/** What a channel takes besides plain text. Lengths are UTF-16 code units, sizes bytes. */
export interface OutboundCapabilities {
  readonly media?: {
    readonly kinds: readonly MediaKind[];
    readonly maxBytes: number;
    readonly maxCaptionLength: number;
  };
  readonly buttons?: { readonly maxDataBytes: number; readonly maxButtons: number };
  readonly edit?: boolean;
  readonly delete?: boolean;
  readonly reaction?: boolean;
  readonly poll?: {
    readonly minOptions: number;
    readonly maxOptions: number;
    readonly maxQuestionLength: number;
    readonly maxOptionLength: number;
  };
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

import type { MediaKind } from "./media.ts";
import type { Address } from "./messages.ts";

/** Facts about a platform that the gateway needs before it builds an outbound message. Plain data. */
export interface ChannelCapabilities {
  /** The longest text of one message, in UTF-16 code units of Markdown. */
  readonly maxTextLength: number;
  /** True when a repeated `operationId` can not produce a second visible message. */
  readonly idempotentSend: boolean;
  readonly chatTypes: readonly ("direct" | "group" | "channel")[];
  /** The platform shows people a menu of the gateway's commands, and writes those they choose as messages. */
  readonly commandMenu?: boolean;
  /** The largest inbound file that is worth fetching, in bytes. 5 MiB unless given. */
  readonly maxDownloadBytes?: number;
  /** Content besides text that the channel takes. What is absent is refused before it is queued. */
  readonly outbound?: OutboundCapabilities;
}

/** What a channel takes besides plain text. Lengths are UTF-16 code units, sizes bytes. */
export interface OutboundCapabilities {
  /** False: agents may not send messages and polls of their own accord. Replies, and what operators send, go out. */
  readonly agentSends?: boolean;
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

/** How a text that grows is shown in blocks: none shorter than `minChars` before its end, none longer than `maxChars`. */
export interface DraftBlocks {
  readonly minChars: number;
  readonly maxChars: number;
  /** Where a block rather ends. */
  readonly breakPreference: "paragraph" | "newline" | "sentence";
}

/**
 * Shows a reply while it is being written, as something that goes away once the reply itself arrives. Not a message:
 * there is no receipt, and what is lost is not sent again.
 */
export interface DraftCapability {
  /** How often a draft may change, in milliseconds. */
  readonly intervalMs: number;
  /** Absent: whatever is written so far is shown. */
  readonly blocks?: DraftBlocks;
  /** Whether the platform shows drafts there. Pure. */
  shows(to: Address): boolean;
  /** `id` is the same for all states of one reply, an integer from 1 to 2^31 - 1. Throws ChannelError. */
  show(to: Address, draft: { readonly id: number; readonly text: string }, signal: AbortSignal): Promise<void>;
}

import type { OutboundContent } from "./content.ts";
import type { MediaReference } from "./media.ts";

export type ChatType = "direct" | "group" | "channel";

/** Where a message was written. */
export interface Chat {
  readonly id: string;
  readonly type: ChatType;
  readonly title?: string;
  /** Forum topic or thread inside the chat. */
  readonly threadId?: string;
}

/** Who wrote a message. `id` is the platform's permanent id; names are for display and never grant access. */
export interface Sender {
  readonly id: string;
  readonly displayName?: string;
  readonly username?: string;
  readonly isBot?: boolean;
  /** Written by the connected account itself, from another device. */
  readonly isSelf?: boolean;
}

/** The message that another one answers. */
export interface ReplyReference {
  readonly messageId: string;
  readonly text?: string;
  readonly senderName?: string;
  /** The answered message was written by the connected account. */
  readonly isSelf?: boolean;
}

/** One message as the gateway understands it, whatever platform it came from. */
export interface InboundMessage {
  readonly messageId: string;
  readonly chat: Chat;
  readonly sender: Sender;
  /** Plain text; empty when the message is only a file. */
  readonly text: string;
  /** When it was written, in epoch milliseconds, by the platform's clock. */
  readonly sentAt: number;
  readonly replyTo?: ReplyReference;
  /** The connected account is named in the text. Absent where the platform cannot tell. */
  readonly mentionsSelf?: boolean;
  /** Counts only from senders that are listed or paired, even where everyone is heard. */
  readonly onlyListed?: boolean;
  readonly media?: readonly MediaReference[];
}

/** Someone changed a message that was delivered before. */
export interface MessageEdit {
  readonly kind: "edit";
  /** A name the message was recorded under when it was delivered: its event id or an alias. */
  readonly recordedAs: string;
  /** The message as it reads now, under the id it always had. */
  readonly message: InboundMessage;
}

/** Someone changed their reactions to a message. */
export interface ReactionChange {
  readonly kind: "reaction";
  readonly chat: Chat;
  readonly sender: Sender;
  /** The message that was reacted to. */
  readonly messageId: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Epoch milliseconds, by the platform's clock. */
  readonly at: number;
  /** True when only reactions to the account's own messages are wanted. */
  readonly ownOnly: boolean;
}

/** A chat goes on under another id: what was kept for the old one belongs to the new one from now on. */
export interface ChatMove {
  readonly kind: "move";
  readonly fromChatId: string;
  readonly toChatId: string;
}

/** Something that happened in a chat and is no message. None of these is answered. */
export type InboundChange = MessageEdit | ReactionChange | ChatMove;

/** Where an outbound message goes. */
export interface Address {
  readonly chatId: string;
  readonly threadId?: string;
}

/**
 * One outbound operation: one row of the outbox, at most one message on the platform. Edits, deletions and reactions
 * change an existing message; repeating them is harmless, so the gateway repeats them until their outcome is known.
 */
export interface OutboundMessage {
  /** Stable across attempts: the idempotency key wherever the platform has one. */
  readonly operationId: string;
  /** 1 on the first try. */
  readonly attempt: number;
  readonly to: Address;
  readonly content: OutboundContent;
  /** The platform message this one answers. */
  readonly replyTo?: string;
}

/**
 * How one attempt ended; there is no other way.
 * - `sent`: the platform confirmed it. `messageId` is its id there, or that of the message that was changed; `at`
 *   epoch milliseconds.
 * - `retry`: certainly not sent, and trying again may help. `retryAfterMs` is the platform's own wish;
 *   `scope` says whether it asks the whole account to pause, or this chat only.
 * - `permanent`: certainly not sent, and trying again can not help.
 * - `unknown`: the platform may or may not have it (the connection broke after the request was written).
 */
export type SendOutcome =
  | { readonly outcome: "sent"; readonly messageId: string; readonly at: number }
  | {
      readonly outcome: "retry";
      readonly reason: string;
      readonly retryAfterMs?: number;
      readonly scope?: "chat" | "account";
    }
  | { readonly outcome: "permanent"; readonly code: string; readonly reason: string }
  | { readonly outcome: "unknown"; readonly reason: string };

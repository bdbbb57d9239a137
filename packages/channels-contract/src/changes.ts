import type { Chat, InboundMessage, Sender } from "./messages.ts";

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

import {
  type Chat,
  ChannelError,
  type InboundMessage,
  type ReplyReference,
  type Sender,
} from "@openclaw/channels-contract";
import * as z from "zod";

import type { InlineButtons } from "./account/accounts.ts";
import { describeLocation } from "./payload/location.ts";
import { mediaOf } from "./payload/media.ts";
import { mentionsBot } from "./payload/mention.ts";
import {
  type CallbackQuery,
  type RecordedBot,
  type RecordedUpdate,
  recordedUpdateSchema,
  type TelegramChat,
  type TelegramMessage,
  type TelegramUser,
} from "./payload/update.ts";

/** The General topic of a forum: messages in it carry no thread id. */
const generalThread = "1";

/**
 * Reads a recorded update. Null for joins and every other update that is no message. Throws
 * ChannelError UNREADABLE.
 */
export function parseUpdate(raw: unknown, inlineButtons: InlineButtons = "allowlist"): InboundMessage | null {
  const { update, bot, receivedAt } = readRecord(raw);
  if (update.callback_query !== undefined) {
    if (!isTapWanted(update.callback_query, inlineButtons)) return null;
    const tap = readTap(update.callback_query, { bot, receivedAt });
    return tap !== null && inlineButtons === "allowlist" ? { ...tap, onlyListed: true } : tap;
  }
  const message = update.message ?? update.channel_post;
  return message === undefined ? null : readMessage(message, bot);
}

/** A recorded update as it was. Throws ChannelError UNREADABLE. */
export function readRecord(raw: unknown): RecordedUpdate {
  const parsed = recordedUpdateSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ChannelError("UNREADABLE", `Not a recorded Telegram update: ${z.prettifyError(parsed.error)}`);
}

/** Null for what nobody answers. */
export function readMessage(message: TelegramMessage, bot: RecordedBot): InboundMessage | null {
  const written = message.text ?? message.caption ?? "";
  const place = describeLocation(message);
  const text = place === undefined ? written : [place, written].filter((line) => line !== "").join("\n");
  const media = mediaOf(message);
  // What is left are service messages and kinds of content nobody answers: polls, dice, contacts.
  if (text === "" && media.length === 0) return null;
  const replyTo = readReply(message, bot);
  return {
    messageId: String(message.message_id),
    chat: readChat(message),
    sender: readSender(message, bot),
    text,
    sentAt: message.date * 1_000,
    ...(replyTo === undefined ? {} : { replyTo }),
    mentionsSelf: mentionsBot(message, bot),
    ...(media.length === 0 ? {} : { media }),
  };
}

/** Buttons that are left from other settings do nothing any more. */
function isTapWanted({ message }: CallbackQuery, inlineButtons: InlineButtons): boolean {
  if (inlineButtons === "off") return false;
  const isDirect = message?.chat.type === "private";
  return (inlineButtons !== "dm" || isDirect) && (inlineButtons !== "group" || !isDirect);
}

/** A tapped button: a message of its own, although Telegram sends the message the button stands under. */
function readTap(
  query: CallbackQuery,
  { bot, receivedAt }: Pick<RecordedUpdate, "bot" | "receivedAt">,
): InboundMessage | null {
  const { message, data } = query;
  if (message === undefined || data === undefined) return null;
  return {
    messageId: `callback:${query.id}`,
    chat: readChat(message),
    sender: readUser(query.from, bot),
    text: `callback_data: ${data}`,
    sentAt: receivedAt,
    replyTo: { messageId: String(message.message_id), isSelf: true },
    mentionsSelf: true,
  };
}

type Located = Pick<TelegramMessage, "chat"> & Partial<Pick<TelegramMessage, "message_thread_id" | "is_topic_message">>;

export function readChat({ chat, message_thread_id, is_topic_message }: Located): Chat {
  const isTopic = is_topic_message === true || chat.type === "private";
  const threadId = threadOf(chat, isTopic ? message_thread_id : undefined);
  return {
    id: String(chat.id),
    type: chatTypes[chat.type],
    ...(chat.title === undefined ? {} : { title: chat.title }),
    ...(threadId === undefined ? {} : { threadId }),
  };
}

const chatTypes = { private: "direct", group: "group", supergroup: "group", channel: "channel" } as const;

/** Replies in ordinary groups have a thread id too; only topics count. In private chats nothing else has one. */
function threadOf(chat: TelegramChat, topicId: number | undefined): string | undefined {
  if (topicId !== undefined) return String(topicId);
  return chat.is_forum === true ? generalThread : undefined;
}

type Written = Pick<TelegramMessage, "chat"> & Partial<Pick<TelegramMessage, "from" | "sender_chat">>;

/** A channel post, or a message an administrator hides behind a chat, is by that chat. */
export function readSender({ from, sender_chat, chat }: Written, bot: RecordedBot): Sender {
  if (sender_chat === undefined && from !== undefined) return readUser(from, bot);
  const author = sender_chat ?? chat;
  return {
    id: String(author.id),
    ...(author.title === undefined ? {} : { displayName: author.title }),
    ...(author.username === undefined ? {} : { username: author.username }),
  };
}

function readUser(user: TelegramUser, bot: RecordedBot): Sender {
  return {
    id: String(user.id),
    displayName: nameOf(user),
    ...(user.username === undefined ? {} : { username: user.username }),
    isBot: user.is_bot,
    isSelf: user.id === bot.id,
  };
}

/** In a topic, a message that answers nothing refers to the service message that created the topic. */
function readReply(message: TelegramMessage, bot: RecordedBot): ReplyReference | undefined {
  const replied = message.reply_to_message;
  if (replied === undefined || replied.forum_topic_created !== undefined) return undefined;
  const text = message.quote?.text ?? replied.text ?? replied.caption;
  const senderName = replied.sender_chat?.title ?? (replied.from === undefined ? undefined : nameOf(replied.from));
  return {
    messageId: String(replied.message_id),
    ...(text === undefined ? {} : { text }),
    ...(senderName === undefined ? {} : { senderName }),
    isSelf: replied.from?.id === bot.id,
  };
}

function nameOf({ first_name, last_name }: TelegramUser): string {
  return last_name === undefined ? first_name : `${first_name} ${last_name}`;
}

import type { RecordedEvent } from "@openclaw/channels-contract";

import { ConnectionFailure } from "../errors.ts";
import type { RecordedBot } from "./update.ts";

/** An update as it came, with the parts of it that its names are made of. */
export interface NamedUpdate {
  readonly id: number;
  readonly update: Readonly<Record<string, unknown>>;
  /** Set when a person tapped a button and waits for an answer. */
  readonly callbackQueryId: string | undefined;
}

export interface Reception {
  readonly bot: RecordedBot;
  readonly receivedAt: number;
  readonly origin: RecordedEvent["origin"];
}

/** Reads what every update has. Throws ConnectionFailure when it is none: the server is not Telegram. */
export function nameUpdate(update: unknown): NamedUpdate {
  const id = isRecord(update) ? update["update_id"] : undefined;
  if (!isRecord(update) || typeof id !== "number") {
    throw new ConnectionFailure({ written: true, code: "UNREADABLE_ANSWER", reason: "An update has no update_id." });
  }
  const query = update["callback_query"];
  const queryId = isRecord(query) ? query["id"] : undefined;
  return { id, update, callbackQueryId: typeof queryId === "string" ? queryId : undefined };
}

/**
 * The record of an update. Its names start with the bot's id, because another bot numbers anew. A message is also
 * named by its chat and number: the same one may come in a second update. An edit is not, so that it is not taken for
 * the message it changes. A group that becomes a supergroup says so in both chats; both go by one name.
 */
export function recordUpdate(named: NamedUpdate, { bot, receivedAt, origin }: Reception): RecordedEvent {
  const aliases = namesOf(named).map((name) => `${bot.id}:${name}`);
  const album = albumOf(named);
  return {
    eventId: `${bot.id}:update:${named.id}`,
    ...(aliases.length === 0 ? {} : { aliases }),
    raw: { bot, receivedAt, update: named.update },
    origin,
    ...(album === undefined ? {} : { album: `${bot.id}:${album}` }),
  };
}

/** The record of what the answer to a call told: a group became a supergroup. The same as if an update had said it. */
export function recordMove(
  { from, to }: { readonly from: string; readonly to: string },
  { bot, receivedAt, origin }: Reception,
): RecordedEvent {
  const chat = { id: Number(from), type: "group" };
  const message = { message_id: 0, date: Math.floor(receivedAt / 1_000), chat, migrate_to_chat_id: Number(to) };
  const eventId = `${bot.id}:${moveName(from, to)}`;
  return { eventId, raw: { bot, receivedAt, update: { update_id: 0, message } }, origin };
}

/** The name of a message among all of its bot. */
export function messageName(chatId: number, messageId: number): string {
  return `message:${chatId}:${messageId}`;
}

/** The name of the event that a group became a supergroup. */
function moveName(fromChatId: string | number, toChatId: string | number): string {
  return `move:${fromChatId}:${toChatId}`;
}

function namesOf({ update, callbackQueryId }: NamedUpdate): string[] {
  if (callbackQueryId !== undefined) return [`callback:${callbackQueryId}`];
  const message = messageOf(update);
  if (message === undefined) return [];
  const { chatId, messageId, fields } = message;
  const { migrate_to_chat_id: movedTo, migrate_from_chat_id: movedFrom } = fields;
  return [
    messageName(chatId, messageId),
    ...(typeof movedTo === "number" ? [moveName(chatId, movedTo)] : []),
    ...(typeof movedFrom === "number" ? [moveName(movedFrom, chatId)] : []),
  ];
}

/** The album a message is a part of. https://core.telegram.org/bots/api#message (media_group_id) */
function albumOf({ update }: NamedUpdate): string | undefined {
  const message = messageOf(update);
  const album = message?.fields["media_group_id"];
  return message !== undefined && typeof album === "string" ? `album:${message.chatId}:${album}` : undefined;
}

function messageOf(update: Readonly<Record<string, unknown>>) {
  const fields = update["message"] ?? update["channel_post"];
  if (!isRecord(fields)) return undefined;
  const { chat, message_id: messageId } = fields;
  const chatId = isRecord(chat) ? chat["id"] : undefined;
  return typeof chatId === "number" && typeof messageId === "number" ? { chatId, messageId, fields } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

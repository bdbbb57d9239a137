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
 * the message it changes.
 */
export function recordUpdate(named: NamedUpdate, { bot, receivedAt, origin }: Reception): RecordedEvent {
  const alias = aliasOf(named);
  return {
    eventId: `${bot.id}:update:${named.id}`,
    ...(alias === undefined ? {} : { aliases: [`${bot.id}:${alias}`] }),
    raw: { bot, receivedAt, update: named.update },
    origin,
  };
}

function aliasOf({ update, callbackQueryId }: NamedUpdate): string | undefined {
  if (callbackQueryId !== undefined) return `callback:${callbackQueryId}`;
  const message = update["message"] ?? update["channel_post"];
  const chat = isRecord(message) ? message["chat"] : undefined;
  const chatId = isRecord(chat) ? chat["id"] : undefined;
  const messageId = isRecord(message) ? message["message_id"] : undefined;
  if (typeof chatId !== "number" || typeof messageId !== "number") return undefined;
  return `message:${chatId}:${messageId}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { ChannelError } from "@openclaw/channels-contract";

import type { TelegramClient } from "../client.ts";
import { ApiRefusal, ConnectionFailure, refusalCode } from "../errors.ts";
import { messageNumber } from "./address.ts";

export interface Reaction {
  readonly chatId: string;
  readonly messageId: string;
  /** Empty removes the bot's reaction. */
  readonly emoji: string;
}

/** Sets the bot's reaction. Throws ChannelError. */
export async function react(
  client: TelegramClient,
  { chatId, messageId, emoji }: Reaction,
  signal: AbortSignal,
): Promise<void> {
  const number = messageNumber(messageId);
  if (number === undefined) {
    throw new ChannelError("UNSUPPORTED", `"${messageId}" is not the number of a Telegram message.`);
  }
  const reaction = emoji === "" ? [] : [{ type: "emoji", emoji }];
  const payload = { chat_id: chatId, message_id: number, reaction };
  try {
    await client.deliver({ method: "setMessageReaction", payload }, signal);
  } catch (error) {
    throw channelErrorOf(error);
  }
}

/** For calls that may be repeated: everything that may be temporary may be tried again. */
export function channelErrorOf(error: unknown): ChannelError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ConnectionFailure) return new ChannelError("UNAVAILABLE", message);
  if (!(error instanceof ApiRefusal) || error.code === 429 || error.code >= 500) {
    return new ChannelError("UNAVAILABLE", message);
  }
  return new ChannelError(refusalCode(error) === "UNAUTHORIZED" ? "UNAUTHORIZED" : "UNSUPPORTED", message);
}

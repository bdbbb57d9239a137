import type { Address, DraftCapability } from "@openclaw/channels-contract";

import type { TelegramSettings } from "../account/accounts.ts";
import type { TelegramClient } from "../client.ts";
import { renderHtml } from "../format.ts";
import { isDirectChat, messageNumber } from "./address.ts";
import { channelErrorOf } from "./reaction.ts";

/** A chat takes a message a second; a draft is not to take the room of the reply. */
const intervalMs = 1_000;

/**
 * Drafts of replies, in the topics of private chats; Telegram shows them nowhere else.
 * https://core.telegram.org/bots/api#sendmessagedraft
 */
export function draftsOf(
  { drafts }: TelegramSettings,
  connect: () => Promise<TelegramClient>,
): DraftCapability | undefined {
  if (drafts === undefined) return undefined;
  return {
    intervalMs,
    ...drafts,
    shows: ({ chatId, threadId }) => isDirectChat(chatId) && messageNumber(threadId) !== undefined,
    show: async (to, draft, signal) => {
      try {
        await (await connect()).showDraft(requestOf(to, draft), signal);
      } catch (error) {
        throw channelErrorOf(error);
      }
    },
  };
}

function requestOf({ chatId, threadId }: Address, { id, text }: { readonly id: number; readonly text: string }) {
  const html = renderHtml(text);
  const shown = html === undefined ? { text } : { text: html, parse_mode: "HTML" };
  return { chat_id: chatId, message_thread_id: messageNumber(threadId), draft_id: id, ...shown };
}

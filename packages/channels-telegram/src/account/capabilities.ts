import type { Address, ChannelCapabilities, MediaKind, OutboundContent } from "@openclaw/channels-contract";

import { isDirectChat } from "../sending/address.ts";
import { maxCallbackBytes, maxCaptionLength, maxUploadBytes } from "../sending/content.ts";
import type { TelegramSettings } from "./accounts.ts";

/** Short of Telegram's 4,096, so that formatting has room. */
const maxTextLength = 4_000;
/** https://core.telegram.org/bots/api#sendpoll */
const poll = { minOptions: 2, maxOptions: 12, maxQuestionLength: 300, maxOptionLength: 100 };
const kinds: readonly MediaKind[] = ["image", "video", "audio", "voice", "document"];

/** What an account takes, by its configuration. */
export function capabilitiesOf({ mediaMaxBytes, actions, inlineButtons }: TelegramSettings): ChannelCapabilities {
  return {
    maxTextLength,
    idempotentSend: false,
    chatTypes: ["direct", "group", "channel"],
    maxDownloadBytes: mediaMaxBytes,
    commandMenu: true,
    outbound: {
      agentSends: actions.sendMessage,
      media: {
        kinds: actions.sticker ? [...kinds, "sticker"] : kinds,
        maxBytes: Math.min(mediaMaxBytes, maxUploadBytes),
        maxCaptionLength,
      },
      ...(inlineButtons === "off" ? {} : { buttons: { maxDataBytes: maxCallbackBytes, maxButtons: 100 } }),
      edit: true,
      delete: actions.deleteMessage,
      reaction: actions.reactions,
      poll,
    },
  };
}

/** Why buttons do not go to a chat: the account shows them elsewhere only. */
export function objectionTo(
  { chatId }: Address,
  content: OutboundContent<unknown>,
  { inlineButtons }: TelegramSettings,
): string | undefined {
  if (!("buttons" in content) || content.buttons === undefined) return undefined;
  if (inlineButtons !== "dm" && inlineButtons !== "group") return undefined;
  if (isDirectChat(chatId) === (inlineButtons === "dm")) return undefined;
  const where = inlineButtons === "dm" ? "direct chats" : "groups";
  return `shows buttons in ${where} only (capabilities.inlineButtons is "${inlineButtons}")`;
}

import type { ButtonRows, MediaContent, OutboundContent, SendOutcome } from "@openclaw/channels-contract";

import { maxMessageLength } from "../format.ts";
import { messageNumber } from "./address.ts";

/** https://core.telegram.org/bots/api#inlinekeyboardbutton */
export const maxCallbackBytes = 64;
/** https://core.telegram.org/bots/api#sendphoto */
export const maxCaptionLength = 1_024;
/** A larger picture goes out as a document. https://core.telegram.org/bots/api#sending-files */
const maxPhotoBytes = 10 * 1_024 * 1_024;
/** https://core.telegram.org/bots/api#sending-files */
export const maxUploadBytes = 50 * 1_024 * 1_024;

/** Which method shows a file, and the name of its field there. */
export type FileMethod =
  | { readonly method: "sendPhoto"; readonly field: "photo" }
  | { readonly method: "sendVideo"; readonly field: "video" }
  | { readonly method: "sendAnimation"; readonly field: "animation" }
  | { readonly method: "sendAudio"; readonly field: "audio" }
  | { readonly method: "sendVoice"; readonly field: "voice" }
  | { readonly method: "sendDocument"; readonly field: "document" }
  | { readonly method: "sendSticker"; readonly field: "sticker" };

/** How a file is shown: Telegram plays and previews some types only; the others go out as documents. */
export function fileMethodOf({ media, source, mimeType = "", asVoice }: MediaContent): FileMethod {
  const bytes = source.type === "file" ? source.size : 0;
  const isPlayable = source.type === "reference";
  switch (media) {
    case "image":
      if (mimeType === "image/gif") return { method: "sendAnimation", field: "animation" };
      if (bytes > maxPhotoBytes) return asDocument;
      return { method: "sendPhoto", field: "photo" };
    case "video":
      return isPlayable || mimeType === "video/mp4" || mimeType === ""
        ? { method: "sendVideo", field: "video" }
        : asDocument;
    case "voice":
      return { method: "sendVoice", field: "voice" };
    case "audio":
      if (asVoice === true) return { method: "sendVoice", field: "voice" };
      return isPlayable || /^audio\/(?:mpeg|mp4|x-m4a)$|^$/.test(mimeType)
        ? { method: "sendAudio", field: "audio" }
        : asDocument;
    case "sticker":
      return { method: "sendSticker", field: "sticker" };
    case "document":
      return asDocument;
  }
}

export const asDocument: FileMethod = { method: "sendDocument", field: "document" };

/** Buttons as Telegram takes them. https://core.telegram.org/bots/api#inlinekeyboardmarkup */
export function keyboardOf(buttons: ButtonRows | undefined): object {
  if (buttons === undefined) return {};
  const inline_keyboard = buttons.map((row) =>
    row.map((button) =>
      "data" in button ? { text: button.text, callback_data: button.data } : { text: button.text, url: button.url },
    ),
  );
  return { reply_markup: { inline_keyboard } };
}

/** What Telegram would refuse in any form, found without asking it. */
export function findProblem(chatId: string, content: OutboundContent): SendOutcome | undefined {
  if (!/^-?\d+$|^@\w+$/.test(chatId)) {
    const reason = `"${chatId}" is no Telegram chat: expected a numeric id or the @name of a public channel.`;
    return { outcome: "permanent", code: "CHAT_ID_INVALID", reason };
  }
  switch (content.kind) {
    case "text":
      return textProblem(content.text);
    case "edit":
      return textProblem(content.text) ?? messageProblem(content.messageId);
    case "delete":
    case "reaction":
      return messageProblem(content.messageId);
    case "media":
      return mediaProblem(content);
    case "poll":
      return undefined;
  }
}

function textProblem(text: string): SendOutcome | undefined {
  if (text.trim() === "") return { outcome: "permanent", code: "EMPTY_TEXT", reason: "There is no text to send." };
  if (text.length <= maxMessageLength) return undefined;
  const reason = `The text has ${text.length} characters; Telegram takes ${maxMessageLength}.`;
  return { outcome: "permanent", code: "MESSAGE_TOO_LONG", reason };
}

function messageProblem(messageId: string): SendOutcome | undefined {
  if (messageNumber(messageId) !== undefined) return undefined;
  const reason = `"${messageId}" is not the number of a Telegram message.`;
  return { outcome: "permanent", code: "MESSAGE_ID_INVALID", reason };
}

function mediaProblem({ source, caption = "" }: MediaContent): SendOutcome | undefined {
  if (source.type === "file" && source.size > maxUploadBytes) {
    return { outcome: "permanent", code: "FILE_TOO_LARGE", reason: "Telegram takes files of at most 50 MiB." };
  }
  if (caption.length <= maxCaptionLength) return undefined;
  const reason = `The caption has ${caption.length} characters; Telegram takes ${maxCaptionLength}.`;
  return { outcome: "permanent", code: "CAPTION_TOO_LONG", reason };
}

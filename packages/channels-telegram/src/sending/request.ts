import type { MediaContent, OutboundContent, OutboundMessage } from "@openclaw/channels-contract";

import { maxMessageLength, renderHtml } from "../format.ts";
import { messageNumber, sendThread } from "./address.ts";
import { asDocument, fileMethodOf, keyboardOf, maxCaptionLength } from "./content.ts";

/** One call of the Bot API that sends or changes a message. */
export interface ApiRequest {
  readonly method: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** A file that goes along, under the name of its field. */
  readonly upload?: { readonly field: string; readonly path: string; readonly fileName: string };
}

/** In which form a message is tried. Each step away from the first form avoids one refusal. */
export interface Form {
  readonly chatId: string;
  readonly isFormatted: boolean;
  readonly isReply: boolean;
  /** A picture goes out as a document. */
  readonly isDocument: boolean;
  /** The text of a file's caption is edited, not that of a message. */
  readonly isCaption: boolean;
}

/** The call for a message in one form. `linkPreview` is the account's setting. */
export function requestFor(
  { content, to, replyTo }: OutboundMessage,
  form: Form,
  settings: { readonly linkPreview: boolean },
): ApiRequest {
  const reply = form.isReply ? messageNumber(replyTo) : undefined;
  const threadId = sendThread(to.threadId);
  const place = {
    chat_id: form.chatId,
    ...(threadId === undefined ? {} : { message_thread_id: threadId }),
    ...(reply === undefined ? {} : { reply_parameters: { message_id: reply, allow_sending_without_reply: true } }),
  };
  switch (content.kind) {
    case "text":
      return {
        method: "sendMessage",
        payload: {
          ...place,
          ...formatted("text", content.text, form, maxMessageLength),
          ...previewOf(content.linkPreview ?? settings.linkPreview),
          ...silence(content),
          ...keyboardOf(content.buttons),
        },
      };
    case "media":
      return fileRequest(content, place, form);
    case "poll":
      return {
        method: "sendPoll",
        payload: {
          ...place,
          question: content.question,
          options: content.options.map((text) => ({ text })),
          allows_multiple_answers: content.multiple,
          ...silence(content),
        },
      };
    default:
      return changeRequest(content, form, settings);
  }
}

type Change = Extract<OutboundContent, { kind: "edit" | "delete" | "reaction" }>;

function changeRequest(content: Change, form: Form, settings: { readonly linkPreview: boolean }): ApiRequest {
  const target = { chat_id: form.chatId, message_id: messageNumber(content.messageId) };
  switch (content.kind) {
    case "delete":
      return { method: "deleteMessage", payload: target };
    case "reaction":
      return {
        method: "setMessageReaction",
        payload: { ...target, reaction: content.emoji === "" ? [] : [{ type: "emoji", emoji: content.emoji }] },
      };
    case "edit":
      return {
        method: form.isCaption ? "editMessageCaption" : "editMessageText",
        payload: {
          ...target,
          ...(form.isCaption
            ? formatted("caption", content.text, form, maxCaptionLength)
            : { ...formatted("text", content.text, form, maxMessageLength), ...previewOf(settings.linkPreview) }),
          ...keyboardOf(content.buttons),
        },
      };
  }
}

function fileRequest(content: MediaContent, place: Readonly<Record<string, unknown>>, form: Form): ApiRequest {
  const { method, field } = form.isDocument ? asDocument : fileMethodOf(content);
  const { source, caption, spoiler } = content;
  const canHide = field === "photo" || field === "video" || field === "animation";
  const payload = {
    ...place,
    ...(caption === undefined || field === "sticker" ? {} : formatted("caption", caption, form, maxCaptionLength)),
    ...(spoiler === true && canHide ? { has_spoiler: true } : {}),
    ...silence(content),
    ...keyboardOf(content.buttons),
  };
  if (source.type === "reference") return { method, payload: { ...payload, [field]: source.reference } };
  return { method, payload, upload: { field, path: source.path, fileName: content.fileName ?? field } };
}

function formatted(field: "text" | "caption", markdown: string, { isFormatted }: Form, limit: number): object {
  const html = isFormatted ? renderHtml(markdown, limit) : undefined;
  return html === undefined ? { [field]: markdown } : { [field]: html, parse_mode: "HTML" };
}

function previewOf(isShown: boolean): object {
  return isShown ? {} : { link_preview_options: { is_disabled: true } };
}

function silence({ silent }: { readonly silent?: boolean }): object {
  return silent === true ? { disable_notification: true } : {};
}

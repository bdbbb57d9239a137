import * as z from "zod";

import { ChannelError } from "../errors.ts";
import type { MediaReference } from "../media.ts";
import type { InboundChange, InboundMessage, ReactionChange } from "../messages.ts";

const messageFields = {
  messageId: z.string().min(1),
  chatId: z.string().min(1),
  chatType: z.enum(["direct", "group", "channel"]),
  chatTitle: z.string().optional(),
  threadId: z.string().optional(),
  senderId: z.string().min(1),
  senderName: z.string().optional(),
  isSelf: z.boolean().optional(),
  isBot: z.boolean().optional(),
  text: z.string(),
  sentAt: z.number(),
  replyToId: z.string().optional(),
  mentionsSelf: z.boolean().optional(),
  onlyListed: z.boolean().optional(),
  media: z
    .array(
      z.strictObject({
        kind: z.enum(["image", "video", "audio", "voice", "document", "sticker"]),
        reference: z.string(),
        mimeType: z.string().optional(),
        fileName: z.string().optional(),
        size: z.number().optional(),
      }),
    )
    .optional(),
};

/** The raw form of one event of the memory platform: a message, a change, or something that asks for no answer. */
export const memoryPayloadSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("message"), ...messageFields }),
  z.strictObject({ type: z.literal("edit"), recordedAs: z.string().min(1), ...messageFields }),
  z.strictObject({
    type: z.literal("reaction"),
    chatId: z.string().min(1),
    chatType: z.enum(["direct", "group", "channel"]),
    senderId: z.string().min(1),
    senderName: z.string().optional(),
    messageId: z.string().min(1),
    emoji: z.string().min(1),
    isRemoved: z.boolean(),
    ownOnly: z.boolean(),
    at: z.number(),
  }),
  z.strictObject({ type: z.literal("move"), fromChatId: z.string().min(1), toChatId: z.string().min(1) }),
  z.strictObject({ type: z.literal("notice"), text: z.string().optional() }),
]);

export type MemoryPayload = z.infer<typeof memoryPayloadSchema>;

export type MemoryPayloadOf<Type extends MemoryPayload["type"]> = Extract<MemoryPayload, { type: Type }>;

type Message = Extract<MemoryPayload, { type: "message" | "edit" }>;

/** Reads a message. Null for everything else. Throws ChannelError UNREADABLE for what is no memory payload. */
export function parseMemoryPayload(raw: unknown): InboundMessage | null {
  const payload = readPayload(raw);
  return payload.type === "message" ? readMessage(payload) : null;
}

/** Reads a change. Null for everything else. Throws ChannelError UNREADABLE for what is no memory payload. */
export function parseMemoryChange(raw: unknown): InboundChange | null {
  const payload = readPayload(raw);
  switch (payload.type) {
    case "edit":
      return { kind: "edit", recordedAs: payload.recordedAs, message: readMessage(payload) };
    case "reaction":
      return readReaction(payload);
    case "move":
      return { kind: "move", fromChatId: payload.fromChatId, toChatId: payload.toChatId };
    default:
      return null;
  }
}

function readPayload(raw: unknown): MemoryPayload {
  const parsed = memoryPayloadSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ChannelError("UNREADABLE", `Not a payload of the memory platform: ${z.prettifyError(parsed.error)}`);
}

function readReaction(payload: Extract<MemoryPayload, { type: "reaction" }>): ReactionChange {
  const { chatId, chatType, senderId, senderName, messageId, emoji, isRemoved, ownOnly, at } = payload;
  return {
    kind: "reaction",
    chat: { id: chatId, type: chatType },
    sender: { id: senderId, ...(senderName === undefined ? {} : { displayName: senderName }) },
    messageId,
    added: isRemoved ? [] : [emoji],
    removed: isRemoved ? [emoji] : [],
    at,
    ownOnly,
  };
}

function readMessage(payload: Message): InboundMessage {
  return {
    messageId: payload.messageId,
    chat: {
      id: payload.chatId,
      type: payload.chatType,
      ...(payload.chatTitle === undefined ? {} : { title: payload.chatTitle }),
      ...(payload.threadId === undefined ? {} : { threadId: payload.threadId }),
    },
    sender: {
      id: payload.senderId,
      ...(payload.senderName === undefined ? {} : { displayName: payload.senderName }),
      ...(payload.isBot === undefined ? {} : { isBot: payload.isBot }),
      ...(payload.isSelf === undefined ? {} : { isSelf: payload.isSelf }),
    },
    text: payload.text,
    sentAt: payload.sentAt,
    ...(payload.replyToId === undefined ? {} : { replyTo: { messageId: payload.replyToId } }),
    ...(payload.mentionsSelf === undefined ? {} : { mentionsSelf: payload.mentionsSelf }),
    ...(payload.onlyListed === undefined ? {} : { onlyListed: payload.onlyListed }),
    ...(payload.media === undefined ? {} : { media: payload.media.map(readMedia) }),
  };
}

function readMedia({
  kind,
  reference,
  mimeType,
  fileName,
  size,
}: NonNullable<Message["media"]>[number]): MediaReference {
  return {
    kind,
    reference,
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(fileName === undefined ? {} : { fileName }),
    ...(size === undefined ? {} : { size }),
  };
}

import * as z from "zod";

import { ChannelError } from "../errors.ts";
import type { MediaReference } from "../media.ts";
import type { InboundMessage } from "../messages.ts";

/** The raw form of one event of the memory platform: a message, or something that asks for no answer. */
export const memoryPayloadSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("message"),
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
  }),
  z.strictObject({ type: z.literal("notice"), text: z.string().optional() }),
]);

export type MemoryPayload = z.infer<typeof memoryPayloadSchema>;

type Message = Extract<MemoryPayload, { type: "message" }>;

/** Reads a raw event. Null for notices. Throws ChannelError UNREADABLE for anything that is not a memory payload. */
export function parseMemoryPayload(raw: unknown): InboundMessage | null {
  const parsed = memoryPayloadSchema.safeParse(raw);
  if (!parsed.success) {
    throw new ChannelError("UNREADABLE", `Not a payload of the memory platform: ${z.prettifyError(parsed.error)}`);
  }
  const payload = parsed.data;
  if (payload.type === "notice") return null;
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

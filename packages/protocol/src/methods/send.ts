import * as z from "zod";

import { messageButtons } from "../entities/content.ts";
import { attachment } from "../entities/message.ts";
import { idempotencyKey, identifier, messageText, sessionKey } from "../entities/primitives.ts";
import { outboxState } from "../entities/outbox.ts";
import { defineMethod } from "../define.ts";

/** R6.5. */
export const send = defineMethod({
  name: "send",
  summary:
    "Sends a message through a channel. Answers when the platform took it, or when it is settled that it did not.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    to: z.string().min(1).max(1024).describe("A chat or a person, in the channel's own form."),
    message: messageText.optional().describe("Markdown. Required unless there is media."),
    mediaUrl: z.string().max(8192).optional().describe("A file of the agent's workspace, or an http(s) address."),
    mediaUrls: z.array(z.string().max(8192)).max(32).optional(),
    attachments: z.array(attachment).max(32).optional().describe("Files sent along, instead of named."),
    buttons: messageButtons.optional(),
    silent: z.boolean().optional().describe("Arrives without a sound."),
    linkPreview: z.boolean().optional(),
    gifPlayback: z.boolean().optional(),
    channel: identifier.optional().describe("May be left out when exactly one channel is configured."),
    accountId: identifier.optional(),
    threadId: z.union([z.string().max(256), z.int()]).optional(),
    replyToId: identifier.optional(),
    sessionKey: sessionKey.optional().describe("Records the message in this session as well."),
    idempotencyKey,
  }),
  result: z.object({
    runId: identifier.describe("The idempotency key."),
    messageId: z.string().optional().describe("The platform's id of the (last) message."),
    channel: identifier,
    accountId: identifier.optional(),
    chatId: z.string().optional(),
    outboxIds: z.array(identifier).optional().describe("The rows of the outbox, for outbox.list."),
    state: outboxState.optional(),
  }),
  idempotency: "key",
  errors: ["NOT_LINKED"],
  example: {
    params: { channel: "telegram", to: "123456789", message: "Dinner is ready.", idempotencyKey: "dinner-1" },
    result: { runId: "dinner-1", messageId: "42", channel: "telegram", accountId: "default", chatId: "123456789" },
  },
});

import * as z from "zod";

import { defineMethod } from "../define.ts";
import { outboxState } from "../entities/outbox.ts";
import { idempotencyKey, identifier, jsonObject, sessionKey } from "../entities/primitives.ts";

/** Source: wire facts 22.4. */
export const messageAction = defineMethod({
  name: "message.action",
  summary: "Does one thing with a message through a channel: send, react, edit, delete or poll.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    action: z.string().min(1).max(64).describe("send, react, edit, delete or poll."),
    params: jsonObject.describe("What the action needs; to or target names the chat."),
    channel: identifier.optional().describe("May be left out when exactly one channel is configured."),
    accountId: identifier.optional(),
    sessionKey: sessionKey.optional(),
    idempotencyKey,
  }),
  ignoredParams: [
    "sessionId",
    "agentId",
    "requesterAccountId",
    "requesterSenderId",
    "senderIsOwner",
    "toolContext",
    "conversationReadOrigin",
  ],
  result: z.object({
    runId: identifier.describe("The idempotency key."),
    action: z.string(),
    messageId: z.string().optional(),
    channel: identifier,
    accountId: identifier.optional(),
    chatId: z.string().optional(),
    outboxIds: z.array(identifier).optional(),
    state: outboxState.optional(),
  }),
  idempotency: "key",
  errors: ["NOT_LINKED"],
  example: {
    params: {
      channel: "telegram",
      action: "react",
      params: { to: "123456789", messageId: "42", emoji: "👍" },
      idempotencyKey: "thumb-1",
    },
    result: {
      runId: "thumb-1",
      action: "react",
      messageId: "42",
      channel: "telegram",
      accountId: "default",
      chatId: "123456789",
    },
  },
});

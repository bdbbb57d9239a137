import * as z from "zod";

import { attachment } from "../entities/message.ts";
import { idempotencyKey, identifier, line, messageText, sessionKey, timestamp } from "../entities/primitives.ts";
import { chatAbortResult } from "./chat.abort.ts";
import { defineMethod } from "../define.ts";

/** A run that was started, or what became of the one that this key started before. */
export const chatSendStatus = z
  .object({
    runId: identifier.describe("The idempotency key."),
    status: z.enum(["started", "in_flight", "ok", "error", "timeout"]),
    summary: z.string().optional(),
    stopReason: line.optional(),
    endedAt: timestamp.optional(),
    messageId: identifier.optional(),
  })
  .meta({ id: "ChatSendStatus", description: "A run that was started, or what became of it." });

/** R6.12. */
export const chatSend = defineMethod({
  name: "chat.send",
  summary:
    "Says something in a session. Answers at once; the reply comes as `chat` events. A stop word aborts instead.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    sessionKey,
    message: messageText.describe("May be empty when there are attachments."),
    thinking: line.optional(),
    deliver: z.boolean().optional().describe("True also sends the reply to the session's channel."),
    attachments: z.array(attachment).max(32).optional(),
    timeoutMs: z.int().min(0).max(86_400_000).optional(),
    idempotencyKey,
  }),
  result: z.union([chatSendStatus, chatAbortResult]),
  idempotency: "key",
  errors: ["AGENT_TIMEOUT"],
  example: {
    params: { sessionKey: "agent:main:main", message: "hello there", idempotencyKey: "c-1" },
    result: { runId: "c-1", status: "started" },
  },
});

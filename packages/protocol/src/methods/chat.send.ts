import * as z from "zod";

import { attachment } from "../entities/message.ts";
import { idempotencyKey, line, messageText, sessionKey } from "../entities/primitives.ts";
import { chatAbortResult, chatSendStatus } from "../entities/run.ts";
import { defineMethod } from "../define.ts";

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

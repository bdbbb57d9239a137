import * as z from "zod";

import { attachment } from "../entities/message.ts";
import { idempotencyKey, line, messageText, sessionKey } from "../entities/primitives.ts";
import { chatAbortResult, chatSendStatus } from "../entities/run.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const sessionsSend = defineMethod({
  name: "sessions.send",
  summary: "Says something in a session, as `chat.send` does.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    key: sessionKey,
    message: messageText,
    thinking: line.optional(),
    attachments: z.array(attachment).max(32).optional(),
    timeoutMs: z.int().min(0).max(86_400_000).optional(),
    idempotencyKey,
  }),
  ignoredParams: ["agentId"],
  result: z.union([chatSendStatus, chatAbortResult]),
  idempotency: "key",
  errors: ["AGENT_TIMEOUT"],
  example: {
    params: { key: "agent:main:main", message: "hello there", idempotencyKey: "s-1" },
    result: { runId: "s-1", status: "started" },
  },
});

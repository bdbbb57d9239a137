import * as z from "zod";

import { chatAbortResult, chatSendStatus, sessionSayParams } from "../entities/run.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const sessionsSend = defineMethod({
  name: "sessions.send",
  summary: "Says something in a session, as `chat.send` does.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject(sessionSayParams),
  ignoredParams: ["agentId"],
  result: z.union([chatSendStatus, chatAbortResult]),
  idempotency: "key",
  errors: ["AGENT_TIMEOUT"],
  example: {
    params: { key: "agent:main:main", message: "hello there", idempotencyKey: "s-1" },
    result: { runId: "s-1", status: "started" },
  },
});

import * as z from "zod";

import { chatAbortResult, chatSendStatus, sessionSayParams } from "../entities/run.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const sessionsSteer = defineMethod({
  name: "sessions.steer",
  summary: "Ends what runs in a session and says something instead.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject(sessionSayParams),
  ignoredParams: ["agentId"],
  result: z.union([chatSendStatus.extend({ interruptedActiveRun: z.boolean().optional() }), chatAbortResult]),
  idempotency: "key",
  errors: ["AGENT_TIMEOUT"],
  example: {
    params: { key: "agent:main:main", message: "hello there", idempotencyKey: "s-1" },
    result: { runId: "s-1", status: "started", interruptedActiveRun: true },
  },
});

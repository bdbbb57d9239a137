import * as z from "zod";

import { sessionKey } from "../entities/primitives.ts";
import { sessionEntry } from "../entities/session.ts";
import { defineMethod } from "../define.ts";

export const sessionsReset = defineMethod({
  name: "sessions.reset",
  summary: "Begins a session anew under a new id. Its settings and its old transcript stay.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({ key: sessionKey }),
  result: z.object({ ok: z.literal(true), key: sessionKey, entry: sessionEntry }),
  idempotency: "none",
  errors: [],
  example: {
    params: { key: "agent:main:main" },
    result: {
      ok: true,
      key: "agent:main:main",
      entry: {
        sessionId: "6b2a34a2-a5a8-4e61-b519-1b9fa5ba5d55",
        updatedAt: 1795395008326,
        createdAt: 1795394907297,
        inputTokens: 0,
        outputTokens: 0,
        totalTokens: 0,
        abortedLastRun: false,
      },
    },
  },
});

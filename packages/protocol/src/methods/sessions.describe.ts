import * as z from "zod";

import { sessionKey } from "../entities/primitives.ts";
import { sessionRow } from "../entities/session.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const sessionsDescribe = defineMethod({
  name: "sessions.describe",
  summary: "One session, as lists show it; null when there is none.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    key: sessionKey,
    includeDerivedTitles: z.boolean().optional(),
    includeLastMessage: z.boolean().optional(),
  }),
  ignoredParams: ["agentId"],
  result: z.object({ session: sessionRow.nullable() }),
  idempotency: "none",
  errors: [],
  example: {
    params: { key: "main" },
    result: {
      session: {
        key: "agent:main:main",
        kind: "direct",
        updatedAt: 1795394908561,
        sessionId: "cfba3b21-892c-4159-a4c3-66f03caeb9a7",
        agentId: "main",
        isMain: true,
      },
    },
  },
});

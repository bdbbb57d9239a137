import * as z from "zod";

import { identifier, sessionKey } from "../entities/primitives.ts";
import { usagePoint } from "../entities/usage.ts";
import { defineMethod } from "../define.ts";

export const sessionsUsageTimeseries = defineMethod({
  name: "sessions.usage.timeseries",
  summary: "The usage of one session, turn by turn, oldest first; the newest 500 of the last 30 days.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({ key: sessionKey }),
  ignoredParams: ["agentId"],
  result: z.object({ sessionId: identifier.optional(), points: z.array(usagePoint) }),
  idempotency: "none",
  errors: [],
  example: {
    params: { key: "agent:main:main" },
    result: {
      sessionId: "cfba3b21-892c-4159-a4c3-66f03caeb9a7",
      points: [
        {
          timestamp: 1795394908561,
          input: 11,
          output: 5,
          cacheRead: 0,
          cacheWrite: 0,
          totalTokens: 16,
          cost: 0,
          cumulativeTokens: 16,
          cumulativeCost: 0,
        },
      ],
    },
  },
});

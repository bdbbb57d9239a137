import * as z from "zod";

import { count, sessionKey, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const sessionsUsageLogs = defineMethod({
  name: "sessions.usage.logs",
  summary: "The last messages of a session with the tokens each answer took, oldest first.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    key: sessionKey,
    limit: z.int().min(1).max(1_000).optional().describe("200 when left out."),
  }),
  ignoredParams: ["agentId"],
  result: z.object({
    logs: z.array(
      z.object({
        timestamp,
        role: z.string(),
        content: z.string().describe("At most 2,000 characters."),
        tokens: count.optional(),
        cost: z.number().optional(),
      }),
    ),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { key: "agent:main:main", limit: 1 },
    result: { logs: [{ timestamp: 1795394908561, role: "assistant", content: "Hello.", tokens: 16, cost: 0 }] },
  },
});

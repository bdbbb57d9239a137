import * as z from "zod";

import { identifier, line, sessionKey, timestamp } from "../entities/primitives.ts";
import { sessionUsage, usageTotals } from "../entities/usage.ts";
import { defineMethod } from "../define.ts";

const date = line.regex(/^\d{4}-\d{2}-\d{2}$/u);

export const sessionsUsage = defineMethod({
  name: "sessions.usage",
  summary: "Tokens and costs of finished turns by session, the latest first, of at most the last 30 days.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    key: sessionKey.optional(),
    agentId: identifier.optional(),
    startDate: date.optional().describe("YYYY-MM-DD, included; 30 days ago when left out."),
    endDate: date.optional().describe("YYYY-MM-DD, included; today when left out."),
    limit: z.int().min(1).max(1_000).optional().describe("50 when left out."),
  }),
  ignoredParams: ["includeContextWeight", "mode", "utcOffset", "range", "groupBy", "agentScope", "includeHistorical"],
  result: z.object({
    updatedAt: timestamp,
    startDate: line,
    endDate: line,
    sessions: z.array(sessionUsage),
    totals: usageTotals.describe("Of the sessions in this answer."),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { limit: 1 },
    result: {
      updatedAt: 1795394982453,
      startDate: "2026-10-24",
      endDate: "2026-11-23",
      sessions: [
        {
          key: "agent:main:main",
          agentId: "main",
          sessionId: "cfba3b21-892c-4159-a4c3-66f03caeb9a7",
          updatedAt: 1795394908561,
          usage: {
            input: 11,
            output: 5,
            cacheRead: 0,
            cacheWrite: 0,
            totalTokens: 16,
            totalCost: 0,
            missingCostEntries: 1,
            turns: 1,
            firstActivity: 1795394908000,
            lastActivity: 1795394908561,
            durationMs: 561,
          },
        },
      ],
      totals: {
        input: 11,
        output: 5,
        cacheRead: 0,
        cacheWrite: 0,
        totalTokens: 16,
        totalCost: 0,
        missingCostEntries: 1,
      },
    },
  },
});

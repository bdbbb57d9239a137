import * as z from "zod";

import { timestamp } from "../entities/primitives.ts";
import { dailyUsage, usageTotals } from "../entities/usage.ts";
import { defineMethod } from "../define.ts";

export const usageCost = defineMethod({
  name: "usage.cost",
  summary: "Tokens and costs of finished turns by day, of at most the last 30 days: turns are remembered that long.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({ days: z.int().min(1).max(3_660).optional().describe("30 when left out.") }),
  ignoredParams: ["startDate", "endDate", "mode", "utcOffset", "agentId", "agentScope"],
  result: z.object({
    updatedAt: timestamp,
    days: z.int().min(1),
    daily: z.array(dailyUsage).describe("Days without a turn are left out."),
    totals: usageTotals,
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { days: 2 },
    result: {
      updatedAt: 1795394982453,
      days: 2,
      daily: [
        {
          date: "2026-11-23",
          input: 253,
          output: 115,
          cacheRead: 0,
          cacheWrite: 0,
          totalTokens: 368,
          totalCost: 0,
          missingCostEntries: 2,
        },
      ],
      totals: {
        input: 253,
        output: 115,
        cacheRead: 0,
        cacheWrite: 0,
        totalTokens: 368,
        totalCost: 0,
        missingCostEntries: 2,
      },
    },
  },
});

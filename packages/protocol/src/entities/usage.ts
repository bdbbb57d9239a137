import * as z from "zod";

import { count, identifier, line, sessionKey, timestamp } from "./primitives.ts";

export const usageTotals = z
  .object({
    input: count,
    output: count,
    cacheRead: count,
    cacheWrite: count,
    totalTokens: count,
    totalCost: z.number().describe("US dollars, of the turns whose model has a price."),
    missingCostEntries: count.describe("Turns whose model has no price."),
  })
  .meta({ id: "UsageTotals", description: "Tokens of finished turns, and what they cost." });

export const dailyUsage = usageTotals
  .extend({ date: line.describe("YYYY-MM-DD, as the gateway's clock shows it.") })
  .meta({ id: "DailyUsage", description: "The usage of one day." });

export const sessionUsage = z
  .object({
    key: sessionKey,
    agentId: identifier,
    label: line.optional(),
    sessionId: identifier.optional().describe("Of its present life."),
    updatedAt: timestamp,
    usage: usageTotals.extend({ turns: count, firstActivity: timestamp, lastActivity: timestamp, durationMs: count }),
  })
  .meta({ id: "SessionUsage", description: "The usage of one session." });

export const usagePoint = z
  .object({
    timestamp,
    input: count,
    output: count,
    cacheRead: count,
    cacheWrite: count,
    totalTokens: count,
    cost: z.number(),
    cumulativeTokens: count,
    cumulativeCost: z.number(),
  })
  .meta({ id: "UsagePoint", description: "One finished turn in the course of a session's usage." });

import * as z from "zod";

import { cronJob } from "../entities/cron.ts";
import { count, identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const cronList = defineMethod({
  name: "cron.list",
  summary: "The scheduled jobs, the next one first. Looking changes nothing.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    includeDisabled: z.boolean().optional().describe("Jobs that are switched off as well."),
    enabled: z.enum(["all", "enabled", "disabled"]).optional(),
    agentId: identifier.optional(),
    query: z.string().max(256).optional().describe("Only jobs whose name or description holds it."),
    limit: z.int().min(1).max(1000).optional().describe("200 when left out."),
    offset: count.optional(),
  }),
  result: z.object({
    jobs: z.array(cronJob),
    total: count.optional(),
    offset: count.optional(),
    limit: count.optional(),
    hasMore: z.boolean().optional(),
    nextOffset: count.nullable().optional(),
  }),
  idempotency: "none",
  errors: [],
  ignoredParams: [
    "sortBy",
    "sortDir",
    "includeDeliveryPreviews",
    "compact",
    "lastRunStatus",
    "scheduleKind",
    "trigger",
  ],
  example: {
    params: { includeDisabled: true },
    result: { jobs: [], total: 0, offset: 0, limit: 200, hasMore: false, nextOffset: null },
  },
});

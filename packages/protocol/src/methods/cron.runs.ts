import * as z from "zod";

import { cronJobReference, cronRunEntry } from "../entities/cron.ts";
import { count, identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const cronRuns = defineMethod({
  name: "cron.runs",
  summary: "What became of every slot: of one job, or of all, the newest first.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    ...cronJobReference,
    runId: identifier.optional(),
    limit: z.int().min(1).max(1000).optional().describe("50 when left out."),
    offset: count.optional(),
  }),
  ignoredParams: ["agentId", "status", "sortDir", "scope"],
  result: z.object({
    entries: z.array(cronRunEntry),
    total: count.optional(),
    offset: count.optional(),
    limit: count.optional(),
    hasMore: z.boolean().optional(),
    nextOffset: count.nullable().optional(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { id: "e533e317-5c31-479d-9e00-e46577201c75", limit: 5 },
    result: {
      entries: [
        {
          ts: 1795395066344,
          jobId: "e533e317-5c31-479d-9e00-e46577201c75",
          action: "finished",
          status: "ok",
          slot: "done",
          summary: "Good morning.",
          runAtMs: 1795395066121,
          durationMs: 222,
          nextRunAtMs: 1795410000000,
        },
      ],
      total: 1,
      offset: 0,
      limit: 5,
      hasMore: false,
      nextOffset: null,
    },
  },
});

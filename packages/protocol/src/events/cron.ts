import * as z from "zod";

import { cronJob } from "../entities/cron.ts";
import { identifier, milliseconds, timestamp } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** Comes before the answer of the request that caused it. */
export const cronEvent = defineEvent({
  name: "cron",
  summary: "A job was added, updated or removed, or a run of it began or ended.",
  scope: "operator.read",
  roles: ["operator"],
  droppable: true,
  payload: z.object({
    jobId: identifier,
    action: z.enum(["added", "updated", "removed", "started", "finished"]),
    job: cronJob.optional(),
    runId: identifier.optional(),
    runAtMs: timestamp.optional(),
    status: z.enum(["ok", "error", "skipped"]).optional(),
    error: z.string().optional(),
    summary: z.string().optional(),
    durationMs: milliseconds.optional(),
    nextRunAtMs: timestamp.optional(),
  }),
  example: {
    jobId: "1fb07670-e73a-4850-8caa-915273f6b7bf",
    action: "finished",
    status: "ok",
    summary: "Good morning.",
    runAtMs: 1795395132996,
    durationMs: 2881,
    nextRunAtMs: 1795410000000,
  },
});

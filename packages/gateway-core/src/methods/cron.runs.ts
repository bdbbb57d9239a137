import type { Job } from "../cron/job.ts";
import { unknownJob } from "./cron-params.ts";
import { toWireRun } from "./cron-wire.ts";
import { defineHandler } from "./define.ts";

const DEFAULT_LIMIT = 50;

export const cronRuns = defineHandler("cron.runs", async (params, { scheduled: { cron }, caller }) => {
  const { runId, limit = DEFAULT_LIMIT, offset = 0 } = params;
  const jobId = params.id ?? params.jobId;
  const { slots, total } = await cron.history({ jobId, runId, limit, offset });
  const jobs = new Map<string, Job | undefined>();
  for (const { jobId: id } of slots) if (!jobs.has(id)) jobs.set(id, await cron.get(id));
  // A job that was removed is known by what became of its slots.
  if (jobId !== undefined && total === 0 && caller.dialect === 4 && !(await cron.get(jobId))) {
    throw unknownJob(caller.dialect, jobId);
  }
  const hasMore = offset + slots.length < total;
  return {
    entries: slots.map((slot) => toWireRun(slot, jobs.get(slot.jobId))),
    total,
    offset,
    limit,
    hasMore,
    nextOffset: hasMore ? offset + slots.length : null,
  };
});

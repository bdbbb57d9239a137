import { readJobId, unknownJob } from "./cron-params.ts";
import { defineHandler } from "./define.ts";

/** Clients of protocol 3 wait for the run; those of protocol 4 learn of its end by the event `cron`. */
export const cronRun = defineHandler("cron.run", async (params, { scheduled: { cron }, clock, caller, signal }) => {
  const id = readJobId("cron.run", params);
  const job = await cron.get(id);
  if (job?.kind !== "job") throw unknownJob(caller.dialect, id);
  if (params.mode === "due") {
    if (!job.enabled || job.nextAt === undefined || job.nextAt > clock.now()) {
      return { ok: true as const, ran: false, reason: "not-due" };
    }
    await cron.check();
    return { ok: true as const, ran: true };
  }
  const runId = await cron.runNow(id);
  if (caller.dialect === 4) return { ok: true as const, enqueued: true, runId };
  const hasEnded = await cron.waitFor(runId, signal);
  return { ok: true as const, ran: hasEnded, ...(hasEnded ? {} : { reason: "not-ended" }) };
});

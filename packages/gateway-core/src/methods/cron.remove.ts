import { readJobId, unknownJob } from "./cron-params.ts";
import { defineHandler } from "./define.ts";

export const cronRemove = defineHandler("cron.remove", async (params, { scheduled, caller }) => {
  const id = readJobId("cron.remove", params);
  const removed = await scheduled.cron.remove(id);
  if (!removed && caller.dialect === 4) throw unknownJob(caller.dialect, id);
  return { ok: true as const, removed };
});

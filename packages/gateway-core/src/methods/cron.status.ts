import { defineHandler } from "./define.ts";

export const cronStatus = defineHandler("cron.status", async (_params, { scheduled: { cron }, config }) => {
  const path = config.paths.databaseFile;
  const jobs = await cron.list();
  const next = jobs.find((job) => job.nextAt !== undefined)?.nextAt;
  return {
    enabled: cron.isEnabled,
    storePath: path,
    storage: "sqlite",
    sqlitePath: path,
    jobs: jobs.length,
    running: cron.running,
    nextWakeAtMs: (cron.isEnabled ? next : undefined) ?? null,
  };
});

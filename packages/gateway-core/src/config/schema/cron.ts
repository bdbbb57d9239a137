import * as z from "zod";

import { flag, later, whole } from "./notes.ts";

/** `cron`: jobs that run by themselves. */
export const cronSchema = z.strictObject({
  enabled: flag("Run jobs; OPENCLAW_SKIP_CRON=1 switches them off for one process.").default(true),
  maxConcurrentRuns: whole(1, 100, "How many jobs run at once.").default(1),
  store: later(z.string()),
});

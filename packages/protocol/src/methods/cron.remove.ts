import * as z from "zod";

import { cronJobReference } from "../entities/cron.ts";
import { defineMethod } from "../define.ts";

export const cronRemove = defineMethod({
  name: "cron.remove",
  summary: "Removes a job. What became of its runs stays on record.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject(cronJobReference),
  result: z.object({ ok: z.literal(true), removed: z.boolean() }),
  idempotency: "natural",
  errors: [],
  example: { params: { id: "02edddd3-eee1-4550-8a69-578b057e6fc7" }, result: { ok: true, removed: true } },
});

import * as z from "zod";

import { cronJob, cronJobInput, cronJobReference } from "../entities/cron.ts";
import { defineMethod } from "../define.ts";

export const cronUpdate = defineMethod({
  name: "cron.update",
  summary: "Changes a job; what the patch does not name stays.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({
    ...cronJobReference,
    patch: cronJobInput.optional(),
    job: cronJobInput.optional().describe("The patch may stand in here as well."),
    data: cronJobInput.optional().describe("Or in here."),
  }),
  result: cronJob,
  idempotency: "natural",
  errors: [],
  example: {
    params: { id: "02edddd3-eee1-4550-8a69-578b057e6fc7", patch: { enabled: false } },
    result: {
      id: "02edddd3-eee1-4550-8a69-578b057e6fc7",
      name: "tea",
      enabled: false,
      createdAtMs: 1795395074862,
      updatedAtMs: 1795395074913,
      schedule: { kind: "every", everyMs: 3600000, anchorMs: 1795395074862 },
      sessionTarget: "main",
      wakeMode: "now",
      payload: { kind: "systemEvent", text: "Time for tea." },
      state: {},
    },
  },
});

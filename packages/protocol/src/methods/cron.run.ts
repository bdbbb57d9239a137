import * as z from "zod";

import { cronJobReference } from "../entities/cron.ts";
import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Clients of protocol 3 get the answer once the run has ended; those of protocol 4 at once. */
export const cronRun = defineMethod({
  name: "cron.run",
  summary: "Runs a job now, or only if it is due.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({
    ...cronJobReference,
    mode: z.enum(["due", "force"]).optional().describe("force when left out."),
  }),
  result: z.object({
    ok: z.literal(true),
    ran: z.boolean().optional(),
    reason: z.string().optional(),
    enqueued: z.boolean().optional(),
    runId: identifier.optional(),
    processInstanceId: identifier.optional(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { id: "1fb07670-e73a-4850-8caa-915273f6b7bf", mode: "force" },
    result: { ok: true, enqueued: true, runId: "manual:1fb07670-e73a-4850-8caa-915273f6b7bf:1795395132985:1" },
  },
});

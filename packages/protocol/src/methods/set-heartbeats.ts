import * as z from "zod";

import { defineMethod } from "../define.ts";

export const setHeartbeats = defineMethod({
  name: "set-heartbeats",
  summary: "Switches heartbeats on or off, for this gateway and across restarts.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({ enabled: z.boolean().optional().describe("Required.") }),
  result: z.object({ ok: z.literal(true), enabled: z.boolean() }),
  idempotency: "natural",
  errors: [],
  example: { params: { enabled: false }, result: { ok: true, enabled: false } },
});

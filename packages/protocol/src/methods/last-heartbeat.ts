import * as z from "zod";

import { heartbeatReport } from "../entities/heartbeat.ts";
import { defineMethod } from "../define.ts";

export const lastHeartbeat = defineMethod({
  name: "last-heartbeat",
  summary: "What the last heartbeat came to; null before the first one.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  result: heartbeatReport.nullable(),
  idempotency: "none",
  errors: [],
  example: { params: {}, result: { ts: 1795395063615, status: "ok-token", durationMs: 812 } },
});

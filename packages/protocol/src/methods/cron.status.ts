import * as z from "zod";

import { count, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const cronStatus = defineMethod({
  name: "cron.status",
  summary: "Whether jobs run, how many there are, and when the next one comes.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  result: z.object({
    enabled: z.boolean(),
    storePath: z.string(),
    storage: z.string().optional(),
    sqlitePath: z.string().optional(),
    jobs: count.describe("Jobs there are, those that are switched off among them."),
    running: count.optional(),
    nextWakeAtMs: timestamp.nullable(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: { enabled: true, storePath: "/home/me/.openclaw/gateway.sqlite", jobs: 1, nextWakeAtMs: 1795410000000 },
  },
});

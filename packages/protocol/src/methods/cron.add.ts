import * as z from "zod";

import { cronJob, cronJobFields, cronJobInput } from "../entities/cron.ts";
import { defineMethod } from "../define.ts";

export const cronAdd = defineMethod({
  name: "cron.add",
  summary: "Adds a job. name, schedule and payload are required.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({
    ...cronJobFields,
    job: cronJobInput.optional().describe("The fields may stand in here as well."),
    data: cronJobInput.optional().describe("Or in here."),
  }),
  result: cronJob,
  idempotency: "natural",
  errors: [],
  example: {
    params: {
      name: "morning",
      schedule: { kind: "cron", expr: "0 7 * * *", tz: "Europe/Berlin" },
      payload: { kind: "agentTurn", message: "What is on today?" },
      delivery: { mode: "announce", channel: "telegram", to: "123456789" },
    },
    result: {
      id: "1fb07670-e73a-4850-8caa-915273f6b7bf",
      name: "morning",
      enabled: true,
      createdAtMs: 1795395132964,
      updatedAtMs: 1795395132964,
      schedule: { kind: "cron", expr: "0 7 * * *", tz: "Europe/Berlin" },
      sessionTarget: "isolated",
      wakeMode: "next-heartbeat",
      payload: { kind: "agentTurn", message: "What is on today?" },
      delivery: { mode: "announce", channel: "telegram", to: "123456789" },
      missed: { withinMs: 600000 },
      state: { nextRunAtMs: 1795413600000 },
      nextRunAtMs: 1795413600000,
    },
  },
});

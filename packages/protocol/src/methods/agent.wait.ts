import * as z from "zod";

import { identifier, line, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const agentWait = defineMethod({
  name: "agent.wait",
  summary: "Waits for a run to end. An unknown run and one that is still going both answer `timeout`.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    runId: identifier,
    timeoutMs: z.int().min(0).max(86_400_000).optional().describe("30,000 when left out."),
  }),
  result: z.object({
    runId: identifier,
    status: z.enum(["ok", "error", "timeout"]),
    startedAt: timestamp.optional(),
    endedAt: timestamp.optional(),
    error: z.string().optional(),
    stopReason: line.optional(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { runId: "hello-1", timeoutMs: 30000 },
    result: { runId: "hello-1", status: "ok", startedAt: 1795394718888, endedAt: 1795394719344 },
  },
});

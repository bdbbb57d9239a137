import * as z from "zod";

import { identifier, milliseconds, timestamp } from "./primitives.ts";

export const heartbeatReport = z
  .object({
    ts: timestamp,
    status: z.enum(["sent", "ok-empty", "ok-token", "skipped", "failed"]),
    reason: z.string().optional().describe("Why it was skipped or failed."),
    message: z.string().optional().describe("The same for people, with the remedy."),
    preview: z.string().optional().describe("The beginning of what the agent said."),
    agentId: identifier.optional(),
    channel: identifier.optional(),
    to: identifier.optional(),
    durationMs: milliseconds.optional(),
    hasMedia: z.boolean().optional(),
    silent: z.boolean().optional(),
    indicatorType: z.enum(["ok", "alert", "error"]).optional(),
  })
  .meta({ id: "HeartbeatReport", description: "What one heartbeat came to." });

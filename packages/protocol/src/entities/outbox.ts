import * as z from "zod";

import { count, identifier, timestamp } from "./primitives.ts";

export const outboundReceipt = z
  .object({
    messageId: z.string(),
    at: timestamp,
  })
  .meta({ id: "OutboundReceipt", description: "What the platform answered when it took the message." });

export const outboxState = z
  .enum(["queued", "sending", "sent", "dead", "unknown"])
  .meta({ id: "OutboxState", description: "Where an outbound message stands. sent, dead and unknown are final." });

export const outboxRow = z
  .object({
    id: identifier,
    channel: identifier,
    accountId: identifier,
    chatId: identifier,
    threadId: identifier.optional(),
    state: outboxState,
    attempts: count,
    reason: z.string().optional().describe("Why it is dead, unknown or being retried."),
    receipt: outboundReceipt.optional(),
    createdAt: timestamp,
    deadlineAt: timestamp.describe("Nothing is sent after it."),
    nextAttemptAt: timestamp.optional(),
    runId: identifier.optional(),
    preview: z.string().describe("The beginning of the text."),
  })
  .meta({ id: "OutboxRow", description: "One outbound message." });

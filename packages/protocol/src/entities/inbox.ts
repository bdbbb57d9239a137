import * as z from "zod";

import { identifier, line, timestamp } from "./primitives.ts";

export const inboxState = z
  .enum(["received", "answered", "ignored", "failed"])
  .meta({ id: "InboxState", description: "Where an inbound delivery stands. received is not decided about yet." });

export const inboxRow = z
  .object({
    id: z.int().positive(),
    channel: identifier,
    accountId: identifier,
    eventId: z.string().describe("The platform's name for the delivery."),
    state: inboxState,
    reason: line.optional().describe("Why it was ignored, or could not be read."),
    runId: identifier.optional().describe("The run that answers it."),
    receivedAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: "InboxRow", description: "One inbound delivery and what became of it." });

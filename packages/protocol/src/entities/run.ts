import * as z from "zod";

import { count, identifier, json, line, milliseconds, timestamp } from "./primitives.ts";
import { tokenUsage } from "./message.ts";

export const runPayload = z
  .object({
    text: z.string().nullable().optional(),
    mediaUrl: z.string().nullable().optional(),
    mediaUrls: z.array(z.string()).optional(),
    isError: z.boolean().optional(),
  })
  .meta({ id: "RunPayload", description: "One part of a run's reply." });

export const runMeta = z
  .object({
    durationMs: milliseconds,
    agentMeta: z
      .object({
        sessionId: identifier.optional(),
        provider: line.optional(),
        model: line.optional(),
        usage: tokenUsage.optional(),
      })
      .optional(),
    aborted: z.boolean().optional(),
    stopReason: line.optional(),
  })
  .meta({ id: "RunMeta", description: "How a run went." });

export const runResult = z
  .object({ payloads: z.array(runPayload), meta: runMeta })
  .meta({ id: "RunResult", description: "What a run produced." });

/** `data` of an agent event with stream `lifecycle`. */
export const agentLifecycleData = z
  .object({
    phase: z.string().describe("start, model, finishing, end or error."),
    startedAt: timestamp.optional(),
    endedAt: timestamp.optional(),
    provider: line.nullable().optional(),
    model: line.nullable().optional(),
    aborted: z.boolean().optional(),
    stopReason: line.optional(),
    status: line.optional(),
    error: z.string().optional(),
  })
  .meta({ id: "AgentLifecycleData", description: "Data of an agent event whose stream is lifecycle." });

/** `data` of an agent event with stream `assistant`. */
export const agentAssistantData = z
  .object({
    text: z.string().describe("Everything so far."),
    delta: z.string().describe("What is new."),
    itemId: z.string().optional(),
  })
  .meta({ id: "AgentAssistantData", description: "Data of an agent event whose stream is assistant." });

/** `data` of an agent event with stream `tool`. */
export const agentToolData = z
  .object({
    phase: z.string().describe("start, update or result."),
    name: z.string(),
    toolCallId: z.string(),
    args: json.optional(),
    partialResult: json.optional(),
    result: json.optional(),
    isError: z.boolean().optional(),
    meta: json.optional(),
  })
  .meta({ id: "AgentToolData", description: "Data of an agent event whose stream is tool." });

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

export const pairingRequest = z
  .object({
    channel: identifier,
    accountId: identifier,
    senderId: identifier,
    displayName: line.optional(),
    username: line.optional(),
    code: identifier,
    createdAt: timestamp,
    expiresAt: timestamp,
  })
  .meta({ id: "PairingRequest", description: "A stranger who wrote to the account and waits for approval." });

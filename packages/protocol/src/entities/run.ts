import * as z from "zod";

import {
  idempotencyKey,
  identifier,
  json,
  line,
  messageText,
  milliseconds,
  sessionKey,
  timestamp,
} from "./primitives.ts";
import { attachment, tokenUsage } from "./message.ts";

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

/** The answer of chat.abort, and of a stop word in chat.send. */
export const chatAbortResult = z
  .object({ ok: z.literal(true), aborted: z.boolean(), runIds: z.array(identifier) })
  .meta({ id: "ChatAbortResult", description: "Which runs were stopped." });

/** A run that was started, or what became of the one that this key started before. */
export const chatSendStatus = z
  .object({
    runId: identifier.describe("The idempotency key."),
    status: z.enum(["started", "in_flight", "ok", "error", "timeout"]),
    summary: z.string().optional(),
    stopReason: line.optional(),
    endedAt: timestamp.optional(),
    messageId: identifier.optional(),
  })
  .meta({ id: "ChatSendStatus", description: "A run that was started, or what became of it." });

/** What a client says in a session of protocol 4, after what runs there or instead of it. */
export const sessionSayParams = {
  key: sessionKey,
  message: messageText,
  thinking: line.optional(),
  attachments: z.array(attachment).max(32).optional(),
  timeoutMs: z.int().min(0).max(86_400_000).optional(),
  idempotencyKey,
};

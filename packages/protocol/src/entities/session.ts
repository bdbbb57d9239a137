import * as z from "zod";

import { count, identifier, json, line, sessionKey, timestamp } from "./primitives.ts";

export const deliveryContext = z
  .object({
    channel: identifier.optional(),
    to: line.optional(),
    accountId: identifier.optional(),
    threadId: z.union([z.string(), z.int()]).optional(),
  })
  .meta({ id: "DeliveryContext", description: "Where the answers of a session go." });

export const sessionOrigin = z
  .object({
    provider: line.optional(),
    surface: line.optional(),
    chatType: line.optional(),
    label: line.optional(),
    from: line.optional(),
    to: line.optional(),
    accountId: identifier.optional(),
    threadId: z.union([z.string(), z.int()]).optional(),
  })
  .meta({ id: "SessionOrigin", description: "Where a session began." });

export const sessionKind = z
  .enum(["direct", "group", "global", "unknown"])
  .meta({ id: "SessionKind", description: "Who takes part in a session." });

export const sessionRow = z
  .object({
    key: sessionKey,
    kind: sessionKind,
    label: line.optional(),
    displayName: line.optional(),
    derivedTitle: z.string().optional(),
    lastMessagePreview: z.string().optional(),
    agentId: identifier.optional(),
    isMain: z.boolean().optional(),
    channel: identifier.optional(),
    subject: line.optional(),
    groupChannel: line.optional(),
    space: line.optional(),
    chatType: line.optional(),
    origin: sessionOrigin.optional(),
    updatedAt: timestamp.nullable(),
    createdAt: timestamp.optional(),
    sessionId: identifier.optional(),
    systemSent: z.boolean().optional(),
    abortedLastRun: z.boolean().optional(),
    thinkingLevel: line.optional(),
    verboseLevel: line.optional(),
    reasoningLevel: line.optional(),
    elevatedLevel: line.optional(),
    sendPolicy: line.optional(),
    spawnedBy: sessionKey.optional(),
    inputTokens: count.optional(),
    outputTokens: count.optional(),
    totalTokens: count.optional(),
    modelProvider: line.optional(),
    model: line.optional(),
    contextTokens: count.optional(),
    deliveryContext: deliveryContext.optional(),
    lastChannel: identifier.optional(),
    lastTo: line.optional(),
    lastAccountId: identifier.optional(),
    hasActiveRun: z.boolean().optional(),
    activeRunIds: z.array(identifier).optional(),
  })
  .meta({ id: "SessionRow", description: "One session, as lists show it." });

export const sessionModelDefaults = z
  .object({ modelProvider: line.nullable(), model: line.nullable(), contextTokens: count.nullable() })
  .meta({ id: "SessionModelDefaults", description: "What a session without settings of its own uses." });

/** A session in the answer of `status`. */
export const sessionStatus = z
  .object({
    agentId: identifier.optional(),
    key: sessionKey,
    kind: sessionKind,
    sessionId: identifier.optional(),
    updatedAt: timestamp.nullable(),
    age: count.nullable().describe("Milliseconds since updatedAt."),
    systemSent: z.boolean().optional(),
    abortedLastRun: z.boolean().optional(),
    inputTokens: count.optional(),
    outputTokens: count.optional(),
    totalTokens: count.nullable(),
    remainingTokens: count.nullable(),
    percentUsed: z.number().nullable(),
    model: line.nullable(),
    contextTokens: count.nullable(),
    thinkingLevel: line.optional(),
    verboseLevel: line.optional(),
    flags: z.array(z.string()),
    runtime: json.optional(),
  })
  .meta({ id: "SessionStatus", description: "One session with how full its context is." });

/** A session with everything that is set for it. */
export const sessionEntry = z
  .object({
    sessionId: identifier,
    updatedAt: timestamp,
    createdAt: timestamp,
    chatType: line.optional(),
    label: line.optional(),
    thinkingLevel: line.optional(),
    verboseLevel: line.optional(),
    reasoningLevel: line.optional(),
    responseUsage: line.optional(),
    sendPolicy: line.optional(),
    groupActivation: line.optional(),
    providerOverride: line.optional(),
    modelOverride: line.optional(),
    spawnedBy: sessionKey.optional(),
    origin: sessionOrigin.optional(),
    inputTokens: count,
    outputTokens: count,
    totalTokens: count,
    abortedLastRun: z.boolean(),
  })
  .meta({ id: "SessionEntry", description: "One session with everything that is set for it." });

/** A message of an exported transcript. */
export const transcriptEntry = z
  .object({
    id: identifier,
    timestamp,
    runId: identifier.optional(),
    message: z.record(z.string(), json).describe("As chat.history shows it."),
  })
  .meta({ id: "TranscriptEntry", description: "One message of a session's transcript." });

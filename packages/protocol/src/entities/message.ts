import * as z from "zod";

import { count, identifier, json, jsonObject, line, timestamp } from "./primitives.ts";

export const usageCost = z
  .object({
    input: z.number().optional(),
    output: z.number().optional(),
    cacheRead: z.number().optional(),
    cacheWrite: z.number().optional(),
    total: z.number(),
  })
  .meta({ id: "UsageCost", description: "Money, in US dollars." });

export const tokenUsage = z
  .object({
    input: count.optional(),
    output: count.optional(),
    cacheRead: count.optional(),
    cacheWrite: count.optional(),
    total: count.optional(),
    totalTokens: count.optional(),
    cost: usageCost.optional(),
  })
  .meta({ id: "TokenUsage", description: "Tokens a turn used. History rows say totalTokens, run results say total." });

export const contentBlock = z
  .object({
    type: z.string().describe("text, thinking, toolCall, image or another word."),
    text: z.string().optional(),
    thinking: z.string().optional(),
    id: z.string().optional(),
    name: z.string().optional(),
    arguments: json.optional(),
    data: z.string().optional(),
    mimeType: z.string().optional(),
  })
  .meta({ id: "ContentBlock", description: "One part of a message; `type` says which of the fields it has." });

/** One row of a session's history, and the message of a chat event. */
export const chatMessage = z
  .object({
    role: z.string().describe("user, assistant or toolResult."),
    content: z.union([z.string(), z.array(contentBlock)]).describe("Blocks, or plain text."),
    timestamp: timestamp,
    api: line.optional(),
    provider: line.optional(),
    model: line.optional(),
    usage: tokenUsage.optional(),
    stopReason: line.optional(),
    toolCallId: identifier.optional(),
    toolName: identifier.optional(),
    isError: z.boolean().optional(),
    details: json.optional(),
    errorMessage: z.string().optional(),
    idempotencyKey: z.string().optional(),
    __openclaw: jsonObject.optional().describe("Where the row stands in the transcript: id, seq, runId."),
  })
  .meta({ id: "ChatMessage", description: "One message of a conversation." });

/** A file that a client sends along. */
export const attachment = z
  .object({
    type: line.optional(),
    mimeType: line.optional(),
    fileName: line.optional(),
    content: json.optional().describe("Base64 or a data URL."),
  })
  .meta({ id: "Attachment", description: "A file sent along with a message." });

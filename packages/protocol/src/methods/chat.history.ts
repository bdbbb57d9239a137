import * as z from "zod";

import { chatMessage } from "../entities/message.ts";
import { count, identifier, json, line, sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R6.12. */
export const chatHistory = defineMethod({
  name: "chat.history",
  summary: "The messages of a session, oldest first. An unknown session has none.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    sessionKey,
    limit: z.int().min(1).max(1000).optional().describe("The newest so many; 200 when left out."),
    maxBytes: z.int().min(1).max(50_000_000).optional(),
  }),
  result: z.object({
    sessionKey: sessionKey.describe("As it was asked for."),
    sessionId: identifier.optional(),
    messages: z.array(chatMessage),
    thinkingLevel: line.optional(),
    verboseLevel: line.optional(),
    hasMore: z.boolean().optional(),
    totalMessages: count.optional(),
    pendingInputs: z.object({ items: z.array(json), total: count }).optional(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { sessionKey: "agent:main:main", limit: 50 },
    result: {
      sessionKey: "agent:main:main",
      sessionId: "6b2a34a2-a5a8-4e61-b519-1b9fa5ba5d55",
      messages: [
        { role: "user", content: [{ type: "text", text: "hello there" }], timestamp: 1795394875201 },
        {
          role: "assistant",
          content: [{ type: "text", text: "Hello." }],
          provider: "offline",
          model: "echo",
          usage: { input: 11, output: 5, cacheRead: 0, cacheWrite: 0, totalTokens: 16 },
          stopReason: "stop",
          timestamp: 1795394879457,
        },
      ],
      hasMore: false,
      totalMessages: 2,
    },
  },
});

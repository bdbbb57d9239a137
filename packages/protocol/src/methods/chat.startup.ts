import * as z from "zod";

import { chatMessage } from "../entities/message.ts";
import { count, identifier, json, line, sessionKey } from "../entities/primitives.ts";
import { sessionModelDefaults, sessionRow } from "../entities/session.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const chatStartup = defineMethod({
  name: "chat.startup",
  summary: "What a chat page needs at once: the messages of a session and what is known of it.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    sessionKey,
    limit: z.int().min(1).max(1000).optional().describe("The newest so many; 200 when left out."),
    maxBytes: z.int().min(1).max(50_000_000).optional(),
  }),
  ignoredParams: ["agentId", "deltaCursor", "includeMetadata", "cursor"],
  result: z.object({
    sessionKey: sessionKey.describe("In full."),
    sessionId: identifier.optional(),
    messages: z.array(chatMessage),
    thinkingLevel: line.optional(),
    verboseLevel: line.optional(),
    hasMore: z.boolean(),
    totalMessages: count,
    pendingInputs: z.object({ items: z.array(json), total: count }),
    defaults: sessionModelDefaults,
    sessionInfo: sessionRow.nullable(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { sessionKey: "main", limit: 80, maxBytes: 262144 },
    result: {
      sessionKey: "agent:main:main",
      messages: [],
      hasMore: false,
      totalMessages: 0,
      pendingInputs: { items: [], total: 0 },
      defaults: { modelProvider: "offline", model: "echo", contextTokens: 128000 },
      sessionInfo: null,
    },
  },
});

import * as z from "zod";

import { count, identifier, line, sessionKey, timestamp } from "../entities/primitives.ts";
import { sessionModelDefaults, sessionRow } from "../entities/session.ts";
import { defineMethod } from "../define.ts";

export const sessionsList = defineMethod({
  name: "sessions.list",
  summary: "Sessions, newest first.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    limit: z.int().min(1).max(10_000).optional().describe("100 when left out."),
    offset: count.optional(),
    activeMinutes: z
      .int()
      .min(1)
      .max(5_256_000)
      .optional()
      .describe("Only sessions that changed within so many minutes."),
    includeGlobal: z.boolean().optional(),
    includeUnknown: z.boolean().optional(),
    includeDerivedTitles: z.boolean().optional().describe("Adds derivedTitle: the first words of the session."),
    includeLastMessage: z.boolean().optional().describe("Adds lastMessagePreview."),
    label: line.optional(),
    spawnedBy: sessionKey.optional(),
    agentId: identifier.optional(),
    search: line.optional().describe("Part of the key, label or display name."),
  }),
  ignoredParams: ["configuredAgentsOnly", "ownerFirst"],
  result: z.object({
    ts: timestamp,
    path: z.string(),
    count: count.describe("The rows in this answer."),
    totalCount: count.optional(),
    limitApplied: count.optional(),
    nextOffset: count.nullable().optional(),
    hasMore: z.boolean().optional(),
    defaults: sessionModelDefaults,
    sessions: z.array(sessionRow),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { limit: 1 },
    result: {
      ts: 1795395007532,
      path: "/home/me/.openclaw/openclaw.sqlite",
      count: 1,
      totalCount: 1,
      limitApplied: 1,
      nextOffset: null,
      hasMore: false,
      defaults: { modelProvider: "offline", model: "echo", contextTokens: 128000 },
      sessions: [
        {
          key: "agent:main:main",
          kind: "direct",
          chatType: "direct",
          updatedAt: 1795394908561,
          sessionId: "cfba3b21-892c-4159-a4c3-66f03caeb9a7",
          agentId: "main",
          isMain: true,
        },
      ],
    },
  },
});

import * as z from "zod";

import { count, timestamp } from "../entities/primitives.ts";
import { sessionListParams } from "../entities/session-list.ts";
import { sessionModelDefaults, sessionRow } from "../entities/session.ts";
import { defineMethod } from "../define.ts";

export const sessionsList = defineMethod({
  name: "sessions.list",
  summary: "Sessions, newest first.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject(sessionListParams),
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

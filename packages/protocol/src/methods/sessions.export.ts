import * as z from "zod";

import { identifier, sessionKey, timestamp } from "../entities/primitives.ts";
import { transcriptEntry } from "../entities/session.ts";
import { defineMethod } from "../define.ts";

export const sessionsExport = defineMethod({
  name: "sessions.export",
  summary: "One page of a session's transcript, oldest first.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    key: sessionKey,
    sessionId: identifier.optional().describe("An earlier life of the session; the present one when left out."),
    cursor: identifier.optional().describe("nextCursor of the page before."),
    limit: z.int().min(1).max(1_000).optional().describe("200 when left out."),
  }),
  result: z.object({
    key: sessionKey,
    sessionId: identifier,
    createdAt: timestamp.describe("Of the session."),
    pastSessionIds: z.array(identifier).describe("The newest 100 earlier lives, newest first."),
    entries: z.array(transcriptEntry),
    nextCursor: identifier.nullable(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { key: "main" },
    result: {
      key: "agent:main:main",
      sessionId: "cfba3b21-892c-4159-a4c3-66f03caeb9a7",
      createdAt: 1795394907297,
      pastSessionIds: [],
      entries: [
        {
          id: "17",
          timestamp: 1795394907297,
          runId: "c-1",
          message: { role: "user", content: [{ type: "text", text: "hello" }], timestamp: 1795394907297 },
        },
      ],
      nextCursor: null,
    },
  },
});

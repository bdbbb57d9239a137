import * as z from "zod";

import { line, sessionKey, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const sessionsPreview = defineMethod({
  name: "sessions.preview",
  summary: "The last words of some sessions.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    keys: z.array(sessionKey).min(1).max(100),
    limit: z.int().min(1).max(100).optional().describe("Messages per session; 12 when left out."),
    maxChars: z.int().min(20).max(10_000).optional().describe("Characters per message; 240 when left out."),
  }),
  result: z.object({
    ts: timestamp,
    previews: z.array(
      z.object({
        key: sessionKey.describe("As it was asked for."),
        status: z.enum(["ok", "empty", "missing", "error"]),
        items: z.array(z.object({ role: line, text: z.string() })),
      }),
    ),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { keys: ["agent:main:main"], limit: 1 },
    result: {
      ts: 1795395008092,
      previews: [{ key: "agent:main:main", status: "ok", items: [{ role: "assistant", text: "Hello." }] }],
    },
  },
});

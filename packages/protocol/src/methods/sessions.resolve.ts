import * as z from "zod";

import { identifier, line, sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const sessionsResolve = defineMethod({
  name: "sessions.resolve",
  summary: "The full key of a session that is known by its key, id or label.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    key: sessionKey.optional(),
    sessionId: identifier.optional(),
    label: line.optional(),
    agentId: identifier.optional().describe("Only a session of this agent."),
    spawnedBy: sessionKey.optional().describe("Only a session that this one began."),
    includeGlobal: z.boolean().optional(),
    includeUnknown: z.boolean().optional(),
  }),
  result: z.object({ ok: z.literal(true), key: sessionKey, agentId: identifier.optional() }),
  idempotency: "none",
  errors: [],
  example: { params: { key: "main" }, result: { ok: true, key: "agent:main:main", agentId: "main" } },
});

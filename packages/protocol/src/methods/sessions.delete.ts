import * as z from "zod";

import { sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const sessionsDelete = defineMethod({
  name: "sessions.delete",
  summary: "Forgets a session, after ending what runs in it. The main session can not be deleted.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({
    key: sessionKey,
    deleteTranscript: z.boolean().optional().describe("False keeps what was said. True when left out."),
  }),
  result: z.object({
    ok: z.literal(true),
    key: sessionKey,
    deleted: z.boolean().describe("False when there was none."),
    archived: z.array(z.string()),
  }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { key: "agent:main:scratch" },
    result: { ok: true, key: "agent:main:scratch", deleted: true, archived: [] },
  },
});

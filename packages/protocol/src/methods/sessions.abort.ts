import * as z from "zod";

import { identifier, sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const sessionsAbort = defineMethod({
  name: "sessions.abort",
  summary: "Ends what runs and waits in a session, or one run of it.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({ key: sessionKey, runId: identifier.optional() }),
  ignoredParams: ["agentId"],
  result: z.object({
    ok: z.literal(true),
    abortedRunId: identifier.nullable().describe("The first one, when there were several."),
    status: z.enum(["aborted", "no-active-run"]),
  }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { key: "agent:main:main" },
    result: { ok: true, abortedRunId: null, status: "no-active-run" },
  },
});

import * as z from "zod";

import { identifier, sessionKey } from "../entities/primitives.ts";
import { chatAbortResult } from "../entities/run.ts";
import { defineMethod } from "../define.ts";

/** R6.12: the `chat` event with state `aborted` comes before the answer. */
export const chatAbort = defineMethod({
  name: "chat.abort",
  summary: "Stops one run of a session, or all of them.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({ sessionKey, runId: identifier.optional() }),
  result: chatAbortResult,
  idempotency: "natural",
  errors: [],
  example: {
    params: { sessionKey: "agent:main:main", runId: "c-1" },
    result: { ok: true, aborted: true, runIds: ["c-1"] },
  },
});

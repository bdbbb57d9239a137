import * as z from "zod";

import { sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. Source: wire facts 16.8. */
export const sessionsMessagesSubscribe = defineMethod({
  name: "sessions.messages.subscribe",
  summary:
    "From now on this connection gets `session.message` for every message of a session, at most 200 sessions at once.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({ key: sessionKey }),
  ignoredParams: ["agentId", "afterSeq", "includeApprovals", "limit"],
  result: z.object({ subscribed: z.literal(true), key: sessionKey.describe("In full.") }),
  idempotency: "natural",
  errors: [],
  example: { params: { key: "main" }, result: { subscribed: true, key: "agent:main:main" } },
});

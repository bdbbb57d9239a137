import * as z from "zod";

import { sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. Source: wire facts 16.8. */
export const sessionsMessagesUnsubscribe = defineMethod({
  name: "sessions.messages.unsubscribe",
  summary: "This connection gets no more `session.message` of a session.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({ key: sessionKey }),
  ignoredParams: ["agentId", "afterSeq", "includeApprovals", "limit"],
  result: z.object({ subscribed: z.literal(false), key: sessionKey.describe("In full.") }),
  idempotency: "natural",
  errors: [],
  example: { params: { key: "main" }, result: { subscribed: false, key: "agent:main:main" } },
});

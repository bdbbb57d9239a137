import * as z from "zod";

import { json } from "../entities/primitives.ts";
import { sessionListParams } from "../entities/session-list.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. Source: wire facts 16.8. */
export const sessionsSubscribe = defineMethod({
  name: "sessions.subscribe",
  summary: "From now on this connection gets `sessions.changed`. With any parameter, the answer also holds the list.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject(sessionListParams),
  ignoredParams: ["configuredAgentsOnly", "ownerFirst"],
  result: z.object({ subscribed: z.literal(true), list: json.optional().describe("As sessions.list answers.") }),
  idempotency: "natural",
  errors: [],
  example: { params: {}, result: { subscribed: true } },
});

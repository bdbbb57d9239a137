import * as z from "zod";

import { defineMethod } from "../define.ts";

/** Of protocol 4. Source: wire facts 16.8. */
export const sessionsUnsubscribe = defineMethod({
  name: "sessions.unsubscribe",
  summary: "This connection gets no more `sessions.changed`.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  result: z.object({ subscribed: z.literal(false) }),
  idempotency: "natural",
  errors: [],
  example: { params: {}, result: { subscribed: false } },
});

import * as z from "zod";

import { identifier, json, line } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const nodeEvent = defineMethod({
  name: "node.event",
  summary:
    "A node reports something, subscribes to a session (chat.subscribe, chat.unsubscribe), or takes back a question about a command (exec.approval.withdrawn).",
  roles: ["node"],
  scope: null,
  params: z.strictObject({
    event: identifier,
    payload: json.optional(),
    payloadJSON: z.string().max(33_554_432).nullable().optional().describe("The payload as JSON text."),
  }),
  result: z.object({
    ok: z.literal(true),
    event: identifier.optional(),
    handled: z.boolean().optional(),
    reason: line.optional(),
  }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { event: "chat.subscribe", payload: { sessionKey: "agent:main:main" } },
    result: { ok: true },
  },
});

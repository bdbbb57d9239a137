import * as z from "zod";

import { count, identifier, line, words } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R6.4. */
export const systemEvent = defineMethod({
  name: "system-event",
  summary: "Posts a presence row (text `Node: …`) or a note for the next turn of the main session (other text).",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({
    text: z.string().min(1).max(16_384),
    deviceId: identifier.optional(),
    instanceId: identifier.optional(),
    host: line.optional(),
    ip: line.optional(),
    mode: line.optional(),
    version: line.optional(),
    platform: line.optional(),
    deviceFamily: line.optional(),
    modelIdentifier: line.optional(),
    lastInputSeconds: count.optional(),
    reason: line.optional(),
    roles: words.optional(),
    scopes: words.optional(),
    tags: words.optional(),
  }),
  result: z.object({ ok: z.literal(true) }),
  idempotency: "natural",
  errors: [],
  example: { params: { text: "Node: kitchen · mode ui", host: "kitchen", mode: "ui" }, result: { ok: true } },
});

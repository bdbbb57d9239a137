import * as z from "zod";

import { identifier, line, messageText, sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const chatInject = defineMethod({
  name: "chat.inject",
  summary: "Adds a message of the assistant to a session's history, without a turn.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({ sessionKey, message: messageText.min(1), label: line.optional() }),
  result: z.object({ ok: z.literal(true), messageId: identifier }),
  idempotency: "none",
  errors: [],
  example: {
    params: { sessionKey: "agent:main:main", message: "The backup is done.", label: "backup" },
    result: { ok: true, messageId: "53e9197d-3859-4143-98a2-ac2dc1d393d7" },
  },
});

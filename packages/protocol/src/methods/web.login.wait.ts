import * as z from "zod";

import { identifier, milliseconds } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const webLoginWait = defineMethod({
  name: "web.login.wait",
  summary: "Waits until the account is linked. Answers NOT_LINKED while the gateway has no channel of that kind.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({ timeoutMs: milliseconds.optional(), accountId: identifier.optional() }),
  ignoredParams: ["channel", "currentQrDataUrl"],
  result: z.object({ connected: z.boolean(), message: z.string() }),
  idempotency: "none",
  errors: ["NOT_LINKED"],
  example: { params: {}, result: { connected: true, message: "Linked." } },
});

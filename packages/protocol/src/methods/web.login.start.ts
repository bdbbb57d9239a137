import * as z from "zod";

import { identifier, milliseconds } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const webLoginStart = defineMethod({
  name: "web.login.start",
  summary: "Begins to link an account by QR code. Answers NOT_LINKED while the gateway has no channel of that kind.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({
    force: z.boolean().optional(),
    timeoutMs: milliseconds.optional(),
    verbose: z.boolean().optional(),
    accountId: identifier.optional(),
  }),
  ignoredParams: ["channel"],
  result: z.object({ message: z.string(), qrDataUrl: z.string().optional() }),
  idempotency: "natural",
  errors: ["NOT_LINKED"],
  example: { params: {}, result: { message: "Scan this code with your phone." } },
});

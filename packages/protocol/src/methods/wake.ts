import * as z from "zod";

import { defineMethod } from "../define.ts";

export const wake = defineMethod({
  name: "wake",
  summary: "Leaves a line for the main session, and with mode now has the agent look at it at once.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    text: z.string().min(1).max(16_384),
    mode: z.enum(["now", "next-heartbeat"]),
  }),
  result: z.object({ ok: z.literal(true) }),
  idempotency: "none",
  errors: [],
  example: { params: { text: "The backup is done.", mode: "next-heartbeat" }, result: { ok: true } },
});

import * as z from "zod";

import { identifier, line } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Wire facts 19.2. The decision is checked by the handler, whose words clients know. */
export const execApprovalResolve = defineMethod({
  name: "exec.approval.resolve",
  summary: "Decides about a command that waits.",
  roles: ["operator"],
  scope: "operator.approvals",
  params: z.strictObject({ id: identifier, decision: line.describe("allow-once, allow-always or deny.") }),
  result: z.object({ ok: z.literal(true) }),
  idempotency: "none",
  errors: [],
  example: { params: { id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d", decision: "allow-once" }, result: { ok: true } },
});

import * as z from "zod";

import { execApprovalOutcome } from "../entities/exec-approval.ts";
import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const execApprovalWaitDecision = defineMethod({
  name: "exec.approval.waitDecision",
  summary: "Waits for the decision about a command, also after the question was answered.",
  roles: ["operator", "node"],
  scope: "operator.approvals",
  params: z.strictObject({ id: identifier }),
  result: execApprovalOutcome,
  idempotency: "none",
  errors: [],
  example: {
    params: { id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d" },
    result: {
      id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d",
      decision: "allow-once",
      createdAtMs: 1795395071878,
      expiresAtMs: 1795395191878,
      terminalReason: "user",
    },
  },
});

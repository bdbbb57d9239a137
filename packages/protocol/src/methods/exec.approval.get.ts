import * as z from "zod";

import { execDecision } from "../entities/exec-approval.ts";
import { identifier, line, messageText, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const execApprovalGet = defineMethod({
  name: "exec.approval.get",
  summary: "One command that waits.",
  roles: ["operator"],
  scope: "operator.approvals",
  params: z.strictObject({ id: identifier }),
  result: z.object({
    id: identifier,
    commandText: messageText,
    commandPreview: messageText.nullable(),
    allowedDecisions: z.array(execDecision),
    host: line.nullable(),
    nodeId: line.nullable(),
    agentId: line.nullable(),
    expiresAtMs: timestamp,
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d" },
    result: {
      id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d",
      commandText: "rm -rf build",
      commandPreview: null,
      allowedDecisions: ["allow-once", "allow-always", "deny"],
      host: "gateway",
      nodeId: null,
      agentId: "main",
      expiresAtMs: 1795395191878,
    },
  },
});

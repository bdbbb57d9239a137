import * as z from "zod";

import { approvalRecord } from "../entities/exec-approval.ts";
import { defineMethod } from "../define.ts";

export const approvalHistory = defineMethod({
  name: "approval.history",
  summary: "Approvals that were decided, the newest first.",
  roles: ["operator"],
  scope: "operator.approvals",
  params: z.strictObject({ limit: z.int().min(1).max(200).optional() }),
  result: z.object({ items: z.array(approvalRecord) }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      items: [
        {
          id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d",
          status: "denied",
          presentation: {
            kind: "exec",
            commandText: "rm -rf build",
            commandPreview: null,
            warningText: null,
            host: "gateway",
            nodeId: null,
            agentId: "main",
            allowedDecisions: ["allow-once", "allow-always", "deny"],
          },
          urlPath: "/approve/3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d",
          createdAtMs: 1795395071878,
          expiresAtMs: 1795395191878,
          resolvedAtMs: 1795395081878,
          reason: "user",
          decision: "deny",
          source: { agentId: "main" },
          resolver: { kind: "user", id: "Ann's phone" },
        },
      ],
    },
  },
});

import * as z from "zod";

import { approvalRecord } from "../entities/exec-approval.ts";
import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const approvalGet = defineMethod({
  name: "approval.get",
  summary: "One approval, whether it waits or was decided.",
  roles: ["operator"],
  scope: "operator.approvals",
  params: z.strictObject({ id: identifier }),
  result: z.object({ approval: approvalRecord }),
  idempotency: "none",
  errors: [],
  example: {
    params: { id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d" },
    result: {
      approval: {
        id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d",
        status: "pending",
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
      },
    },
  },
});

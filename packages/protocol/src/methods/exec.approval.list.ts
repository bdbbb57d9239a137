import * as z from "zod";

import { pendingExecApproval } from "../entities/exec-approval.ts";
import { defineMethod } from "../define.ts";

export const execApprovalList = defineMethod({
  name: "exec.approval.list",
  summary: "Commands that wait for an operator.",
  roles: ["operator"],
  scope: "operator.approvals",
  params: z.strictObject({}),
  result: z.array(pendingExecApproval),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: [
      {
        id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d",
        approvalKind: "exec",
        request: {
          command: "rm -rf build",
          cwd: "/srv/app",
          host: "gateway",
          security: "allowlist",
          ask: "on-miss",
          agentId: "main",
          resolvedPath: "/usr/bin/rm",
          sessionKey: "agent:main:main",
        },
        createdAtMs: 1795395071878,
        expiresAtMs: 1795395191878,
      },
    ],
  },
});

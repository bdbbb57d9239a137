import { pendingExecApproval } from "../entities/exec-approval.ts";
import { defineEvent } from "../define.ts";

export const execApprovalRequestedEvent = defineEvent({
  name: "exec.approval.requested",
  summary: "A command waits for an operator.",
  scope: "operator.approvals",
  roles: ["operator"],
  droppable: false,
  payload: pendingExecApproval,
  example: {
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
});

import { GatewayError } from "../errors.ts";
import { defineHandler } from "./define.ts";

/** Knows those that wait alone; approval.get knows the others too. */
export const execApprovalGet = defineHandler("exec.approval.get", async ({ id }, { execApprovals }) => {
  const approval = execApprovals.pending().find((candidate) => candidate.id === id);
  if (!approval) {
    throw new GatewayError("INVALID_REQUEST", "unknown or expired approval id", {
      details: { reason: "APPROVAL_NOT_FOUND", remediation: "approval.get also knows those that are over." },
    });
  }
  const { request, expiresAt } = approval;
  return {
    id,
    commandText: request.command,
    commandPreview: null,
    allowedDecisions: request.allowedDecisions ?? [],
    host: request.host,
    nodeId: request.nodeId ?? null,
    agentId: request.agentId,
    expiresAtMs: expiresAt,
  };
});

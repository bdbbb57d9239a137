import { GatewayError } from "../errors.ts";
import { defineHandler } from "./define.ts";
import { toRecord } from "./exec-approval-wire.ts";

export const approvalGet = defineHandler("approval.get", async ({ id }, { execApprovals }) => {
  const approval = await execApprovals.get(id);
  if (approval) return { approval: toRecord(approval) };
  throw new GatewayError("INVALID_REQUEST", "unknown or expired approval id", {
    details: { reason: "APPROVAL_NOT_FOUND", remediation: "Approvals are remembered for seven days." },
  });
});

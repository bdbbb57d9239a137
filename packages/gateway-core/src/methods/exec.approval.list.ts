import { defineHandler } from "./define.ts";
import { toPending } from "./exec-approval-wire.ts";

export const execApprovalList = defineHandler("exec.approval.list", (_params, { execApprovals }) =>
  execApprovals.pending().map(toPending),
);

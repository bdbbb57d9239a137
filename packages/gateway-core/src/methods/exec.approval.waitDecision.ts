import { defineHandler } from "./define.ts";
import { requesterKey, toOutcome } from "./exec-approval-wire.ts";

/** A node hears of what it asked itself, operators of everything. */
export const execApprovalWaitDecision = defineHandler(
  "exec.approval.waitDecision",
  async ({ id }, { execApprovals, caller, signal }) => {
    const approval = await execApprovals.wait(id, signal, caller.role === "node" ? requesterKey(caller) : undefined);
    return { ...toOutcome(approval), terminalReason: approval.reason ?? "timeout" };
  },
);

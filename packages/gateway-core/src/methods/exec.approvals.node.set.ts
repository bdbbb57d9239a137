import { defineHandler } from "./define.ts";
import { askNodeForApprovals } from "./exec-approvals-of-node.ts";

export const execApprovalsNodeSet = defineHandler("exec.approvals.node.set", ({ nodeId, file, baseHash }, context) =>
  askNodeForApprovals(context, {
    nodeId,
    command: "system.execApprovals.set",
    params: { file, ...(baseHash === undefined ? {} : { baseHash }) },
  }),
);

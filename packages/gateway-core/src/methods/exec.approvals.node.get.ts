import { defineHandler } from "./define.ts";
import { askNodeForApprovals } from "./exec-approvals-of-node.ts";

export const execApprovalsNodeGet = defineHandler("exec.approvals.node.get", ({ nodeId }, context) =>
  askNodeForApprovals(context, { nodeId, command: "system.execApprovals.get", params: {} }),
);

import { defineHandler } from "./define.ts";
import { toRecord } from "./exec-approval-wire.ts";

const DEFAULT_LIMIT = 50;

export const approvalHistory = defineHandler("approval.history", async ({ limit }, { execApprovals }) => {
  const ended = await execApprovals.history(limit ?? DEFAULT_LIMIT);
  return { items: ended.map(toRecord) };
});

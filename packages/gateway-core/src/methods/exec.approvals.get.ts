import { defineHandler } from "./define.ts";
import { toSnapshot, withApprovalsFile } from "./exec-approval-wire.ts";
import { resolvedDefaults } from "./exec-defaults.ts";

export const execApprovalsGet = defineHandler("exec.approvals.get", async (_params, { approvalsFile, config }) => {
  const snapshot = await withApprovalsFile(() => approvalsFile.read());
  return { ...toSnapshot(snapshot), resolvedDefaults: resolvedDefaults(config.current, snapshot.file) };
});

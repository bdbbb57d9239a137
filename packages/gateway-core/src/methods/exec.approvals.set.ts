import { defineHandler } from "./define.ts";
import { toSnapshot, withApprovalsFile } from "./exec-approval-wire.ts";
import { resolvedDefaults } from "./exec-defaults.ts";

export const execApprovalsSet = defineHandler(
  "exec.approvals.set",
  async ({ file, baseHash }, { approvalsFile, config, log, caller }) => {
    const snapshot = await withApprovalsFile(() => approvalsFile.write(file, baseHash));
    log.info("the exec approvals file was replaced", { by: caller.client.displayName ?? caller.client.id });
    return { ...toSnapshot(snapshot), resolvedDefaults: resolvedDefaults(config.current, snapshot.file) };
  },
);

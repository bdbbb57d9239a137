import { GatewayError } from "../errors.ts";
import { type Caller, defineHandler } from "./define.ts";

export const execApprovalResolve = defineHandler(
  "exec.approval.resolve",
  async ({ id, decision }, { execApprovals, caller, log }) => {
    const { client, connectionId } = caller;
    const name = client.displayName ?? client.id;
    try {
      await execApprovals.resolve(id, decision, { kind: "operator", name, connectionId });
    } catch (error) {
      throw inDialect(error, caller);
    }
    log.info("a command was decided about", { id, decision, by: name, deviceId: caller.deviceId });
    return { ok: true as const };
  },
);

/** Clients of protocol 3 know one sentence for all that does not wait. Source: wire facts 19.2. */
function inDialect(error: unknown, { dialect }: Caller): unknown {
  if (dialect === 4 || !(error instanceof GatewayError)) return error;
  const { details } = error;
  const reason = typeof details === "object" && details !== null && "reason" in details ? details.reason : undefined;
  if (reason !== "APPROVAL_NOT_FOUND" && reason !== "APPROVAL_ALREADY_RESOLVED") return error;
  return new GatewayError("INVALID_REQUEST", "unknown approval id");
}

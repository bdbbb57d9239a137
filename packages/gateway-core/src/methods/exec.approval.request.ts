import type { Approval } from "../exec-approvals/approval.ts";
import { type CallContext, defineHandler } from "./define.ts";
import { toOutcome, toQuestion, toRequester } from "./exec-approval-wire.ts";

export const execApprovalRequest = defineHandler("exec.approval.request", async (params, context) => {
  const { caller, execApprovals } = context;
  const { approval, route, ended } = await execApprovals.ask(toQuestion(params, caller), toRequester(caller));
  if (params.twoPhase !== true || route === "none") return toOutcome(await untilGone(ended, approval, context));
  const { id, createdAt: createdAtMs, expiresAt: expiresAtMs } = approval;
  return {
    accepted: { status: "accepted" as const, id, deliveryRoute: route, createdAtMs, expiresAtMs },
    final: ended.then(toOutcome),
  };
});

/** Who waits for its one answer and leaves will not hear it: then there is nothing left to decide about. */
async function untilGone(
  ended: Promise<Approval>,
  { id }: Approval,
  { execApprovals, signal }: CallContext,
): Promise<Approval> {
  const onGone = (): void => void execApprovals.cancel(id);
  if (signal.aborted) onGone();
  signal.addEventListener("abort", onGone, { once: true });
  try {
    return await ended;
  } finally {
    signal.removeEventListener("abort", onGone);
  }
}

import { defineHandler } from "./define.ts";
import { findSessionTarget } from "./session-target.ts";

export const sessionsAbort = defineHandler("sessions.abort", async ({ key, runId }, context) => {
  const { sessionKey } = await findSessionTarget(context, key);
  const [abortedRunId = null] = await context.messages.stop(sessionKey, runId);
  return { ok: true as const, abortedRunId, status: abortedRunId === null ? "no-active-run" : "aborted" };
});

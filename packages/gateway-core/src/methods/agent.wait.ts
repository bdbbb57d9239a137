import { defineHandler } from "./define.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

export const agentWait = defineHandler("agent.wait", async ({ runId, timeoutMs }, { messages, signal }) => {
  const turn = await messages.wait(runId, timeoutMs ?? DEFAULT_TIMEOUT_MS, signal);
  if (!turn || turn.endedAt === undefined) return { runId, status: "timeout" as const };
  const times = { ...(turn.startedAt === undefined ? {} : { startedAt: turn.startedAt }), endedAt: turn.endedAt };
  if (turn.answer) return { runId, status: "ok" as const, ...times, stopReason: turn.answer.stopReason };
  return {
    runId,
    status: "error" as const,
    ...times,
    error: turn.error?.message ?? "The turn ended without an answer.",
  };
});

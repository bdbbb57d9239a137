/** Keeps the place of a job that has no interval at the moment. */
const IDLE_EVERY_MS = 60_000;

/** The heartbeat job of an agent. */
export function heartbeatJobId(agentId: string): string {
  return `heartbeat:${agentId}`;
}

/** What a heartbeat job is made of; one that keeps its interval keeps its place in time. */
export function heartbeatJob(input: {
  readonly agentId: string;
  readonly everyMs: number;
  readonly now: number;
  readonly before: { readonly kind: string; readonly everyMs?: number; readonly anchorMs?: number } | undefined;
}) {
  const { agentId, now, before } = input;
  const everyMs = input.everyMs === 0 ? IDLE_EVERY_MS : input.everyMs;
  const isSame = before?.kind === "every" && before.everyMs === everyMs;
  return {
    name: `heartbeat of ${agentId}`,
    agentId,
    schedule: { kind: "every", everyMs, anchorMs: isSame ? (before.anchorMs ?? now) : now },
    sessionTarget: "main",
    wakeMode: "now",
    payload: { kind: "heartbeat" },
    // A moment to look around that passed is no use later.
    missed: "skip",
  } as const;
}

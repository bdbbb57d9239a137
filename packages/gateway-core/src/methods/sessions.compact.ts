import { GatewayError } from "../errors.ts";
import { defineHandler, idempotencyClient } from "./define.ts";
import { assertEndedWell } from "./run-answer.ts";
import { findSessionTarget } from "./session-target.ts";

/** A turn ends by its own limit; this only bounds the wait for one that stands behind others. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

export const sessionsCompact = defineHandler("sessions.compact", async (params, context) => {
  const { sessions, messages, ids, caller, signal } = context;
  const { sessionKey: key, agentId, session } = await findSessionTarget(context, params.key);
  const newest = session ? await sessions.history(session.sessionId, 1) : [];
  if (newest.length === 0) return { ok: true as const, key, compacted: false, reason: "no transcript" };
  const compact = {
    ...(params.instructions === undefined ? {} : { instructions: params.instructions }),
    ...(params.maxLines === undefined ? {} : { keepMessages: params.maxLines }),
  };
  const { turn } = await messages.submit(idempotencyClient(caller), {
    idempotencyKey: ids.uuid(),
    source: "agent",
    sessionKey: key,
    agentId,
    request: { prompt: "", compact },
    isScheduled: true,
  });
  const ended = await messages.wait(turn.runId, LONGEST_WAIT_MS, signal);
  if (!ended)
    throw new GatewayError("AGENT_TIMEOUT", `The session ${key} is still at work; it is summarised after that.`);
  assertEndedWell(ended);
  const { compaction } = ended.answer;
  return compaction
    ? { ok: true as const, key, compacted: true, ...compaction }
    : { ok: true as const, key, compacted: false, reason: "nothing to summarise" };
});

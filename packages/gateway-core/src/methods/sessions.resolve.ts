import { defaultAgentId } from "../config/agent-selection.ts";
import { GatewayError } from "../errors.ts";
import { canonicalSessionKey } from "../sessions/session-key.ts";
import type { Session } from "../sessions/session-store.ts";
import { type CallContext, defineHandler } from "./define.ts";

export const sessionsResolve = defineHandler("sessions.resolve", async (params, context) => {
  const { session, sought } = await find(params, context);
  const isWanted =
    session &&
    (params.agentId === undefined || session.agentId === params.agentId) &&
    (params.spawnedBy === undefined || session.spawnedBy === params.spawnedBy) &&
    (session.key !== "global" || params.includeGlobal !== false);
  if (!isWanted) throw new GatewayError("INVALID_REQUEST", `No session found${sought}`);
  return { ok: true as const, key: session.key, agentId: session.agentId };
});

async function find(
  { key, sessionId, label }: { key?: string | undefined; sessionId?: string | undefined; label?: string | undefined },
  { config, sessions }: CallContext,
): Promise<{ session: Session | undefined; sought: string }> {
  if (key !== undefined) {
    const canonical = canonicalSessionKey(key, defaultAgentId(config.current), config.current.session);
    return { session: await sessions.get(canonical), sought: `: ${key}` };
  }
  if (sessionId !== undefined) return { session: await sessions.getById(sessionId), sought: `: ${sessionId}` };
  if (label !== undefined) return { session: await sessions.getByLabel(label), sought: ` with label: ${label}` };
  throw new GatewayError("INVALID_REQUEST", "Either key, sessionId, or label is required");
}

import { GatewayError } from "../errors.ts";
import { defineHandler } from "./define.ts";
import { sessionEntryOf } from "./session-entry.ts";
import { findSessionTarget } from "./session-target.ts";

export const sessionsReset = defineHandler("sessions.reset", async ({ key }, context) => {
  const { store, sessions } = context;
  const { sessionKey, agentId } = await findSessionTarget(context, key);
  const session = await store.transaction(async (sql) => {
    const existing = await sessions.get(sessionKey, sql);
    if (existing) return sessions.reset(sql, sessionKey);
    return sessions.touch(sql, { key: sessionKey, agentId, chatType: "direct" });
  });
  if (!session) throw new GatewayError("UNAVAILABLE", `The session ${sessionKey} was deleted meanwhile; try again.`);
  context.sessionWatch.changed(sessionKey, { reason: "reset" });
  return { ok: true as const, key: sessionKey, entry: sessionEntryOf(session) };
});

import { defaultAgentId } from "../config/agent-selection.ts";
import { GatewayError } from "../errors.ts";
import { agentOfSessionKey, canonicalSessionKey, mainSessionKey } from "../sessions/session-key.ts";
import { defineHandler } from "./define.ts";

export const sessionsDelete = defineHandler("sessions.delete", async ({ key, deleteTranscript = true }, context) => {
  const { config, store, sessions, messages } = context;
  const settings = config.current.session;
  const defaultId = defaultAgentId(config.current);
  const sessionKey = canonicalSessionKey(key, defaultId, settings);
  if (sessionKey === mainSessionKey(agentOfSessionKey(sessionKey, defaultId), settings)) {
    throw new GatewayError("INVALID_REQUEST", `Cannot delete the main session (${sessionKey}).`);
  }
  await messages.stop(sessionKey);
  const deleted = await store.transaction((sql) =>
    sessions.remove(sql, sessionKey, { withTranscript: deleteTranscript }),
  );
  if (deleted) context.sessionWatch.changed(sessionKey, { reason: "delete" });
  return { ok: true as const, key: sessionKey, deleted, archived: [] };
});

import { defaultAgentId } from "../config/agent-selection.ts";
import { canonicalSessionKey } from "../sessions/session-key.ts";
import { defineHandler } from "./define.ts";

export const chatAbort = defineHandler("chat.abort", async ({ sessionKey, runId }, { config, messages }) => {
  const key = canonicalSessionKey(sessionKey, defaultAgentId(config.current), config.current.session);
  const runIds = await messages.stop(key, runId);
  return { ok: true as const, aborted: runIds.length > 0, runIds: [...runIds] };
});

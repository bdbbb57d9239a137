import { defaultAgentId } from "../config/agent-selection.ts";
import { GatewayError } from "../errors.ts";
import { canonicalSessionKey } from "../sessions/session-key.ts";
import { defineHandler } from "./define.ts";

export const chatInject = defineHandler("chat.inject", async ({ sessionKey, message, label }, context) => {
  const { config, sessions, store, ids, clock, events } = context;
  const key = canonicalSessionKey(sessionKey, defaultAgentId(config.current), config.current.session);
  const session = await sessions.get(key);
  if (!session) {
    throw new GatewayError("INVALID_REQUEST", `session not found: ${sessionKey}; sessions.list names those there are`);
  }
  const text = label === undefined ? message : `[${label}]\n\n${message}`;
  const messageId = ids.uuid();
  const entry = {
    role: "assistant" as const,
    content: [{ type: "text" as const, text }],
    timestamp: clock.now(),
    provider: "gateway",
    model: "injected",
    stopReason: "stop",
  };
  await store.transaction(async (sql) => {
    await sessions.append(sql, session.sessionId, entry);
    await sessions.touch(sql, { key, agentId: session.agentId, chatType: session.chatType });
  });
  events.publish("chat", {
    runId: `inject-${messageId}`,
    sessionKey: key,
    agentId: session.agentId,
    seq: 0,
    state: "final",
    stopReason: "stop",
    message: entry,
  });
  return { ok: true as const, messageId };
});

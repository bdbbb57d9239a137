import { defaultAgentId } from "../config/agent-selection.ts";
import { canonicalSessionKey } from "../sessions/session-key.ts";
import { sumUsage } from "../usage/usage-book.ts";
import { defineHandler } from "./define.ts";

const DEFAULT_LIMIT = 50;

export const sessionsUsage = defineHandler("sessions.usage", async (params, { clock, config, sessions, usage }) => {
  const { startDate = usage.dateBefore(), endDate = usage.dateBefore(0), limit = DEFAULT_LIMIT, agentId } = params;
  const key = params.key && canonicalSessionKey(params.key, defaultAgentId(config.current), config.current.session);
  const found = await usage.sessions({ key, agentId, startDate, endDate, limit });
  const rows = await Promise.all(
    found.map(async ({ key: sessionKey, agentId: owner, ...taken }) => {
      const session = await sessions.get(sessionKey);
      return {
        key: sessionKey,
        agentId: owner,
        ...(session?.label === undefined ? {} : { label: session.label }),
        ...(session ? { sessionId: session.sessionId } : {}),
        updatedAt: session?.updatedAt ?? taken.lastActivity,
        usage: taken,
      };
    }),
  );
  return { updatedAt: clock.now(), startDate, endDate, sessions: rows, totals: sumUsage(found) };
});

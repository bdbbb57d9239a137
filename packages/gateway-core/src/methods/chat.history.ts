import { defaultAgentId } from "../config/agent-selection.ts";
import { messageRow, newestWithin } from "../sessions/rows/transcript-rows.ts";
import { canonicalSessionKey } from "../sessions/session-key.ts";
import { defineHandler } from "./define.ts";

const DEFAULT_LIMIT = 200;

export const chatHistory = defineHandler(
  "chat.history",
  async ({ sessionKey, limit, maxBytes }, { config, sessions }) => {
    const key = canonicalSessionKey(sessionKey, defaultAgentId(config.current), config.current.session);
    const session = await sessions.get(key);
    if (!session) return { sessionKey, messages: [], hasMore: false };
    const wanted = limit ?? DEFAULT_LIMIT;
    const stored = await sessions.history(session.sessionId, wanted + 1);
    const rows = newestWithin(stored.slice(-wanted).map(messageRow), maxBytes);
    return {
      sessionKey,
      sessionId: session.sessionId,
      messages: rows,
      ...(session.thinkingLevel === undefined ? {} : { thinkingLevel: session.thinkingLevel }),
      ...(session.verboseLevel === undefined ? {} : { verboseLevel: session.verboseLevel }),
      hasMore: stored.length > rows.length,
    };
  },
);

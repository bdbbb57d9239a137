import { runsOf, sessionRowOf } from "../sessions/rows/session-rows.ts";
import { newestWithin, placedRow } from "../sessions/rows/transcript-rows.ts";
import { defineHandler } from "./define.ts";
import { findSessionTarget, modelDefaults, rowsOf } from "./session-target.ts";

const DEFAULT_LIMIT = 200;

export const chatStartup = defineHandler(
  "chat.startup",
  async ({ sessionKey: given, limit = DEFAULT_LIMIT, maxBytes }, context) => {
    const { sessionKey, session } = await findSessionTarget(context, given);
    const base = { sessionKey, pendingInputs: { items: [], total: 0 }, defaults: await modelDefaults(context) };
    if (!session) return { ...base, messages: [], hasMore: false, totalMessages: 0, sessionInfo: null };
    const { entries, total } = await context.sessions.newest(session.sessionId, limit);
    const before = total - entries.length;
    const messages = newestWithin(
      entries.map((entry, index) => placedRow(entry, before + index + 1)),
      maxBytes,
    );
    const runs = (await context.messages.openRuns()).get(sessionKey);
    return {
      ...base,
      sessionId: session.sessionId,
      messages,
      ...(session.thinkingLevel === undefined ? {} : { thinkingLevel: session.thinkingLevel }),
      ...(session.verboseLevel === undefined ? {} : { verboseLevel: session.verboseLevel }),
      hasMore: total > messages.length,
      totalMessages: total,
      sessionInfo: {
        ...(await sessionRowOf(session, { includeDerivedTitles: true }, rowsOf(context))),
        ...runsOf(runs),
      },
    };
  },
);

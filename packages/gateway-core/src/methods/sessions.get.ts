import { placedRow } from "../sessions/rows/transcript-rows.ts";
import { defineHandler } from "./define.ts";
import { findSessionTarget } from "./session-target.ts";

const DEFAULT_LIMIT = 200;

export const sessionsGet = defineHandler("sessions.get", async ({ key, limit = DEFAULT_LIMIT }, context) => {
  const { session } = await findSessionTarget(context, key);
  if (!session) return { messages: [] };
  const { entries, total } = await context.sessions.newest(session.sessionId, limit);
  const before = total - entries.length;
  return { messages: entries.map((entry, index) => placedRow(entry, before + index + 1)) };
});

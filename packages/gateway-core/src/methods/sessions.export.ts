import { GatewayError } from "../errors.ts";
import { defineHandler } from "./define.ts";
import { findSessionTarget } from "./session-target.ts";

const DEFAULT_LIMIT = 200;

export const sessionsExport = defineHandler("sessions.export", async (params, context) => {
  const { sessions } = context;
  const { sessionKey, session } = await findSessionTarget(context, params.key);
  if (!session) throw new GatewayError("INVALID_REQUEST", `No session found: ${params.key}`);
  const past = await sessions.pastIds(sessionKey);
  const sessionId = params.sessionId ?? session.sessionId;
  if (sessionId !== session.sessionId && !past.includes(sessionId)) {
    throw new GatewayError("INVALID_REQUEST", `${sessionId} is no id of the session ${sessionKey}, now or earlier.`);
  }
  const afterId = cursorOf(params.cursor);
  const { entries, nextId } = await sessions.page(sessionId, { afterId, limit: params.limit ?? DEFAULT_LIMIT });
  return {
    key: sessionKey,
    sessionId,
    createdAt: session.createdAt,
    pastSessionIds: past,
    entries: entries.map(({ id, runId, at, message }) => ({
      id: String(id),
      timestamp: at,
      ...(runId === undefined ? {} : { runId }),
      message: { ...message },
    })),
    nextCursor: nextId === undefined ? null : String(nextId),
  };
});

function cursorOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,15}$/u.test(cursor)) return Number(cursor);
  throw new GatewayError("INVALID_REQUEST", "cursor must be the nextCursor of an earlier page.");
}

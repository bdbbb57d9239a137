import { runsOf, sessionRowOf } from "../sessions/rows/session-rows.ts";
import { defineHandler } from "./define.ts";
import { findSessionTarget, rowsOf } from "./session-target.ts";

export const sessionsDescribe = defineHandler("sessions.describe", async (params, context) => {
  const { session } = await findSessionTarget(context, params.key);
  if (!session) return { session: null };
  const runs = (await context.messages.openRuns()).get(session.key);
  return { session: { ...(await sessionRowOf(session, params, rowsOf(context))), ...runsOf(runs) } };
});

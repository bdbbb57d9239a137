import { runsOf, sessionRowOf } from "../flow/session-rows.ts";
import { defineHandler } from "./define.ts";
import { findSessionTarget } from "./session-target.ts";

export const sessionsDescribe = defineHandler("sessions.describe", async (params, context) => {
  const { session } = await findSessionTarget(context, params.key);
  if (!session) return { session: null };
  const runs = (await context.messages.openRuns()).get(session.key);
  return { session: { ...(await sessionRowOf(session, params, context)), ...runsOf(runs) } };
});

import { defineHandler } from "./define.ts";
import { findSessionTarget } from "./session-target.ts";
import { sayByKey } from "./sessions.send.ts";

export const sessionsSteer = defineHandler("sessions.steer", async (params, context) => {
  const { sessionKey } = await findSessionTarget(context, params.key);
  const open = (await context.messages.openRuns()).get(sessionKey) ?? [];
  // The same request a second time must not end the run that the first one began.
  const isRepeated = open.includes(params.idempotencyKey);
  const stopped = isRepeated ? [] : await context.messages.stop(sessionKey);
  const said = await sayByKey(params, context);
  return stopped.length > 0 && "runId" in said ? { ...said, interruptedActiveRun: true } : said;
});

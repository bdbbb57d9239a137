import { defineHandler } from "./define.ts";
import { sessionsList } from "./sessions.list.ts";

export const sessionsSubscribe = defineHandler("sessions.subscribe", async (params, context) => {
  context.sessionWatch.listen(context.caller.connectionId, context.signal);
  if (Object.keys(params).length === 0) return { subscribed: true as const };
  return { subscribed: true as const, list: await sessionsList(params, context) };
});

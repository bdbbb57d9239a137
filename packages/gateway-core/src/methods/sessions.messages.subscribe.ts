import { defineHandler } from "./define.ts";
import { findSessionTarget } from "./session-target.ts";

export const sessionsMessagesSubscribe = defineHandler("sessions.messages.subscribe", async ({ key }, context) => {
  const { sessionKey } = await findSessionTarget(context, key);
  await context.sessionWatch.follow(context.caller.connectionId, sessionKey, context.signal);
  return { subscribed: true as const, key: sessionKey };
});

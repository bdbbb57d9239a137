import { defineHandler } from "./define.ts";
import { findSessionTarget } from "./session-target.ts";

export const sessionsMessagesUnsubscribe = defineHandler("sessions.messages.unsubscribe", async ({ key }, context) => {
  const { sessionKey } = await findSessionTarget(context, key);
  context.sessionWatch.unfollow(context.caller.connectionId, sessionKey);
  return { subscribed: false as const, key: sessionKey };
});

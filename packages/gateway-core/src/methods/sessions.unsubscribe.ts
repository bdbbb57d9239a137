import { defineHandler } from "./define.ts";

export const sessionsUnsubscribe = defineHandler("sessions.unsubscribe", (_params, { sessionWatch, caller }) => {
  sessionWatch.unlisten(caller.connectionId);
  return { subscribed: false as const };
});

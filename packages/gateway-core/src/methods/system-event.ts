import { defineHandler } from "./define.ts";

/** Text of this form is about someone's presence; any other is for the agent. */
const PRESENCE_TEXT = /^node:/i;

export const systemEvent = defineHandler("system-event", async (params, { presence, scheduled }) => {
  const text = params.text.trim();
  if (PRESENCE_TEXT.test(text)) presence.note({ ...params, text });
  else await scheduled.noteEvent(text);
  return { ok: true as const };
});

/** What the agent is asked at its regular heartbeat. */
export const HEARTBEAT_PROMPT =
  "This is a heartbeat: nobody wrote, you are given a moment to look around. If there is a HEARTBEAT.md, do what it " +
  "asks, exactly and nothing else. Do not take up earlier conversations again. If nothing needs attention, answer " +
  "HEARTBEAT_OK and nothing more.";

/** What it is asked when something woke it. */
export const WAKE_PROMPT =
  "You were woken because something happened; lines that begin with System: say what. Act on it, and write what the " +
  "person should be told. If there is nothing to tell, answer HEARTBEAT_OK and nothing more.";

/** The checklist, for the system prompt. */
export function checklistPrompt(text: string): string {
  return `HEARTBEAT.md, from the workspace:\n\n${text}`;
}

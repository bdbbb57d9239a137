import type { TranscriptMessage } from "../ports.ts";
import { defineHandler } from "./define.ts";
import { findSessionTarget } from "./session-target.ts";

const DEFAULT_LIMIT = 200;
const LONGEST = 2_000;

export const sessionsUsageLogs = defineHandler(
  "sessions.usage.logs",
  async ({ key, limit = DEFAULT_LIMIT }, context) => {
    const { session } = await findSessionTarget(context, key);
    const messages = session ? await context.sessions.history(session.sessionId, limit) : [];
    return { logs: messages.map(toLog) };
  },
);

function toLog(message: TranscriptMessage) {
  const text = message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
  const usage = "usage" in message ? message.usage : undefined;
  return {
    timestamp: message.timestamp,
    role: message.role,
    content: text.slice(0, LONGEST),
    ...(usage === undefined ? {} : { tokens: usage.total }),
    ...(usage?.cost === undefined ? {} : { cost: usage.cost.total }),
  };
}

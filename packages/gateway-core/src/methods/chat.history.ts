import { defaultAgentId } from "../config/agent-selection.ts";
import type { TranscriptMessage } from "../ports.ts";
import { canonicalSessionKey } from "../sessions/session-key.ts";
import { defineHandler } from "./define.ts";

const DEFAULT_LIMIT = 200;

export const chatHistory = defineHandler(
  "chat.history",
  async ({ sessionKey, limit, maxBytes }, { config, sessions }) => {
    const key = canonicalSessionKey(sessionKey, defaultAgentId(config.current), config.current.session);
    const session = await sessions.get(key);
    if (!session) return { sessionKey, messages: [], hasMore: false };
    const wanted = limit ?? DEFAULT_LIMIT;
    const stored = await sessions.history(session.sessionId, wanted + 1);
    const rows = newestWithin(stored.slice(-wanted).map(toWire), maxBytes);
    return {
      sessionKey,
      sessionId: session.sessionId,
      messages: rows,
      ...(session.thinkingLevel === undefined ? {} : { thinkingLevel: session.thinkingLevel }),
      ...(session.verboseLevel === undefined ? {} : { verboseLevel: session.verboseLevel }),
      hasMore: stored.length > rows.length,
    };
  },
);

function toWire(message: TranscriptMessage) {
  const content = message.content.map((block) => ({ ...block }));
  if (message.role !== "assistant" || !message.usage) return { ...message, content };
  const { total, ...usage } = message.usage;
  return { ...message, content, usage: { ...usage, totalTokens: total } };
}

/** The newest messages whose JSON fits; always at least the last one. */
function newestWithin<Message>(messages: Message[], maxBytes: number | undefined): Message[] {
  if (maxBytes === undefined) return messages;
  let size = 0;
  let start = messages.length;
  while (start > 0) {
    size += Buffer.byteLength(JSON.stringify(messages[start - 1]));
    if (size > maxBytes && start < messages.length) break;
    start -= 1;
  }
  return messages.slice(start);
}

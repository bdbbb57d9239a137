import type { ResultOf } from "@openclaw/protocol";

import { defaultAgentId } from "../config/agent-selection.ts";
import type { TranscriptMessage } from "../ports.ts";
import { canonicalSessionKey } from "../sessions/session-key.ts";
import { type CallContext, defineHandler } from "./define.ts";

const DEFAULT_LIMIT = 12;
const DEFAULT_MAX_CHARS = 240;

type Preview = ResultOf<"sessions.preview">["previews"][number];

export const sessionsPreview = defineHandler("sessions.preview", async (params, context) => {
  const { keys, limit = DEFAULT_LIMIT, maxChars = DEFAULT_MAX_CHARS } = params;
  const previews = await Promise.all(keys.map((key) => previewOf(key, { limit, maxChars }, context)));
  return { ts: context.clock.now(), previews };
});

async function previewOf(
  key: string,
  { limit, maxChars }: { limit: number; maxChars: number },
  { config, sessions }: CallContext,
): Promise<Preview> {
  const canonical = canonicalSessionKey(key, defaultAgentId(config.current), config.current.session);
  const session = await sessions.get(canonical);
  if (!session) return { key, status: "missing", items: [] };
  const items = (await sessions.history(session.sessionId, limit)).flatMap((message) => {
    const text = textOf(message);
    return text === "" ? [] : [{ role: message.role, text: shorten(text, maxChars) }];
  });
  return { key, status: items.length === 0 ? "empty" : "ok", items };
}

function textOf({ content }: TranscriptMessage): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

import type { ResultOf } from "@openclaw/protocol";

import type { TranscriptMessage } from "../../ports.ts";
import type { TranscriptEntry } from "../session-store.ts";

type Row = ResultOf<"chat.history">["messages"][number];

/** A message of a transcript as clients read it. */
export function messageRow(message: TranscriptMessage): Row {
  const content = message.content.map((block) => ({ ...block }));
  if (message.role !== "assistant" || !message.usage) return { ...message, content };
  const { total, ...usage } = message.usage;
  return { ...message, content, usage: { ...usage, totalTokens: total } };
}

/** The same with where it stands; `place` counts from 1. Source: wire facts 15.9. */
export function placedRow({ id, runId, at, message }: TranscriptEntry, place: number): Row {
  const run = runId === undefined ? {} : { runId };
  return {
    ...messageRow(message),
    // By this a client knows again what it sent itself.
    ...(message.role === "user" && runId !== undefined ? { idempotencyKey: `${runId}:user` } : {}),
    __openclaw: { id: String(id), seq: place, recordTimestampMs: at, ...run },
  };
}

/** The newest rows whose JSON fits; always at least the last one. */
export function newestWithin<R>(rows: readonly R[], maxBytes: number | undefined): R[] {
  if (maxBytes === undefined) return [...rows];
  let size = 0;
  let start = rows.length;
  while (start > 0) {
    size += Buffer.byteLength(JSON.stringify(rows[start - 1]));
    if (size > maxBytes && start < rows.length) break;
    start -= 1;
  }
  return rows.slice(start);
}

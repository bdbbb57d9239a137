import { previewOf } from "../outbox/content.ts";
import type { OutboxRow } from "../outbox/outbox-table.ts";
import { defineHandler } from "./define.ts";

const DEFAULT_LIMIT = 100;
const PREVIEW_LENGTH = 120;

export const outboxList = defineHandler("outbox.list", async ({ state, channel, limit }, { outbox }) => {
  const rows = await outbox.list({
    ...(state === undefined ? {} : { state }),
    ...(channel === undefined ? {} : { channel }),
    limit: limit ?? DEFAULT_LIMIT,
  });
  return { rows: rows.map(outboxRowToWire) };
});

/** An outbound message in the form of the wire. */
export function outboxRowToWire(row: OutboxRow) {
  const isOpen = row.state === "queued" || row.state === "sending";
  return {
    id: row.id,
    channel: row.channel,
    accountId: row.account,
    chatId: row.chatId,
    ...(row.threadId === undefined ? {} : { threadId: row.threadId }),
    state: row.state,
    attempts: row.attempts,
    ...(row.reason === undefined ? {} : { reason: row.reason }),
    ...(row.messageId === undefined ? {} : { receipt: { messageId: row.messageId, at: row.updatedAt } }),
    createdAt: row.createdAt,
    deadlineAt: row.deadlineAt,
    ...(isOpen ? { nextAttemptAt: row.nextAttemptAt } : {}),
    ...(row.runId === undefined ? {} : { runId: row.runId }),
    preview: previewOf(row.content).slice(0, PREVIEW_LENGTH),
  };
}

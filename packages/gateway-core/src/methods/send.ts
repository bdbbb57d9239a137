import type { ParamsOf, ResultOf } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import type { OutboxRow } from "../outbox/outbox-table.ts";
import type { Route } from "../sessions/session-store.ts";
import { type CallContext, defineHandler, idempotencyClient } from "./define.ts";
import { sendTarget } from "./send-target.ts";
import { findSessionTarget } from "./session-target.ts";

/** A caller is told after this long that the message still waits; it stays in the outbox. */
const ANSWER_WITHIN_MS = 30_000;

interface Remembered {
  readonly outboxIds: string[];
}

export const send = defineHandler("send", async (params, context) => {
  const text = requireText(params);
  const { threadId, channel, accountId } = params;
  const route = sendTarget(context, {
    to: params.to,
    ...(channel === undefined ? {} : { channel }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(threadId === undefined ? {} : { threadId }),
  });
  const { idempotencyKey, ...body } = params;
  const request = { client: idempotencyClient(context.caller), method: "send", key: idempotencyKey, body };
  await context.outbox.assertHasRoom();
  const { outboxIds, rows } = await context.store.transaction(async (sql) => {
    const known = await context.idempotency.recall<Remembered>(sql, request);
    if (known) return { ...known, rows: [] };
    const added = await context.outbox.enqueue(sql, { ...route, replyTo: params.replyToId, text });
    const remembered: Remembered = { outboxIds: added.map((row) => row.id) };
    await context.idempotency.remember(sql, request, remembered);
    return { ...remembered, rows: added };
  });
  if (rows.length > 0) await recordInSession(params, context, text);
  context.outbox.wake(rows);
  return answer({ idempotencyKey, route, outboxIds }, context);
});

interface Delivery {
  readonly idempotencyKey: string;
  readonly route: Route;
  readonly outboxIds: readonly string[];
}

/** Waits for the last part: parts go out in order, so it is settled last. */
async function answer(
  { idempotencyKey, route, outboxIds }: Delivery,
  { outbox }: CallContext,
): Promise<ResultOf<"send">> {
  const settled: (OutboxRow | undefined)[] = [];
  for (const id of outboxIds) settled.push(await outbox.settled(id, ANSWER_WITHIN_MS));
  const failed = settled.find((row) => row?.state === "dead" || row?.state === "unknown");
  if (failed) throw deliveryError(failed, outboxIds);
  const last = settled.at(-1);
  return {
    runId: idempotencyKey,
    ...(last?.messageId === undefined ? {} : { messageId: last.messageId }),
    channel: route.channel,
    accountId: route.account,
    chatId: route.chatId,
    outboxIds: [...outboxIds],
    state: last?.state ?? "queued",
  };
}

function deliveryError(row: OutboxRow, outboxIds: readonly string[]): GatewayError {
  const details = { outboxIds, state: row.state, ...(row.code === undefined ? {} : { reason: row.code }) };
  const text =
    row.state === "dead"
      ? `The message was not sent: ${row.reason ?? "no reason was given"}.`
      : `The message may or may not have arrived: ${row.reason ?? "the platform did not answer"}. It is not sent again.`;
  return new GatewayError("UNAVAILABLE", text, { details, retryable: false });
}

function requireText({ message, mediaUrl, mediaUrls }: ParamsOf<"send">): string {
  if (mediaUrl !== undefined || (mediaUrls && mediaUrls.length > 0)) {
    throw new GatewayError("INVALID_REQUEST", "Sending media is not supported by this version; send text only.");
  }
  const text = message?.trim() ?? "";
  if (text === "") throw new GatewayError("INVALID_REQUEST", "invalid send params: text or media is required");
  return text;
}

/** What was sent stands in the named session too, so that the agent knows of it. */
async function recordInSession({ sessionKey }: ParamsOf<"send">, context: CallContext, text: string): Promise<void> {
  if (sessionKey === undefined) return;
  const { store, sessions, clock } = context;
  const target = await findSessionTarget(context, sessionKey);
  await store.transaction(async (sql) => {
    const session = await sessions.touch(sql, { key: target.sessionKey, agentId: target.agentId, chatType: "direct" });
    const content = [{ type: "text" as const, text }];
    await sessions.append(sql, session.sessionId, {
      role: "assistant",
      content,
      timestamp: clock.now(),
      model: "sent",
    });
  });
}

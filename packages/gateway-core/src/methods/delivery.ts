import { GatewayError } from "../errors.ts";
import type { StoredContent } from "../outbox/content.ts";
import type { OutboundPlace, OutboxRow, OutboxState } from "../outbox/outbox-table.ts";
import { type CallContext, idempotencyClient, TURN_CONNECTION } from "./define.ts";

/** A caller is told after this long that the message still waits; it stays in the outbox. */
const ANSWER_WITHIN_MS = 30_000;

const NEW_MESSAGES: ReadonlySet<StoredContent["kind"]> = new Set(["text", "media", "poll"]);

/** Something a client sends, once per key. */
export interface DeliveryRequest {
  readonly method: string;
  /** As they were given; everything in them but the key makes the request what it is. */
  readonly params: { readonly idempotencyKey: string };
  readonly place: OutboundPlace;
  /** Makes what is to be sent; not asked for a key that was used before. */
  readonly contents: () => StoredContent[] | Promise<StoredContent[]>;
}

export interface Delivery {
  /** False when the same request was made before. */
  readonly isNew: boolean;
  /** Waits until the platform took it, or it is settled that it did not. Throws GatewayError. */
  readonly answer: () => Promise<DeliveryAnswer>;
}

export interface DeliveryAnswer {
  readonly runId: string;
  readonly messageId?: string;
  readonly channel: string;
  readonly accountId: string;
  readonly chatId: string;
  readonly outboxIds: string[];
  readonly state: OutboxState;
}

interface Remembered {
  readonly outboxIds: string[];
}

/**
 * Queues what a client sends, after asking whether the channel takes it. The same key with the same parameters sends
 * nothing twice and gets the same answer, across restarts. Throws GatewayError.
 */
export async function deliver(
  context: CallContext,
  { method, params, place, contents }: DeliveryRequest,
): Promise<Delivery> {
  const { idempotencyKey, ...body } = params;
  const request = { client: idempotencyClient(context.caller), method, key: idempotencyKey, body };
  const { store, idempotency, outbox } = context;
  const answer = (ids: readonly string[]) => () => answerOf(context, { idempotencyKey, place, outboxIds: ids });
  const earlier = await store.transaction((sql) => idempotency.recall<Remembered>(sql, request));
  if (earlier) return { isNew: false, answer: answer(earlier.outboxIds) };
  await outbox.assertHasRoom();
  const prepared = await contents();
  assertTaken(context, place, prepared);
  const { outboxIds, rows } = await store.transaction(async (sql) => {
    const known = await idempotency.recall<Remembered>(sql, request);
    if (known) return { ...known, rows: [] };
    const added = await outbox.enqueueContent(sql, place, prepared);
    const remembered: Remembered = { outboxIds: added.map((row) => row.id) };
    await idempotency.remember(sql, request, remembered);
    return { ...remembered, rows: added };
  });
  outbox.wake(rows);
  return { isNew: rows.length > 0, answer: answer(outboxIds) };
}

/** Refuses what a channel does not take. Text alone may wait for a channel that is not running yet. */
function assertTaken(
  { channels, outbox, caller }: CallContext,
  place: OutboundPlace,
  contents: readonly StoredContent[],
): void {
  const { channel, account } = place;
  const instance = channels.channel(channel, account);
  if (!instance && contents.some((content) => content.kind !== "text" || content.buttons !== undefined)) {
    throw new GatewayError("UNAVAILABLE", `${channel}/${account} is not running; only plain text can wait for it.`, {
      retryAfterMs: 5_000,
    });
  }
  outbox.assertTakes(place, contents);
  const isOwnAccord = caller.connectionId === TURN_CONNECTION && contents.some(({ kind }) => NEW_MESSAGES.has(kind));
  if (isOwnAccord && instance?.capabilities.outbound?.agentSends === false) {
    throw new GatewayError("INVALID_REQUEST", `${channel} takes no messages that an agent sends of its own accord.`, {
      details: { reason: "unsupported-content" },
    });
  }
  const { chatId, threadId } = place;
  const address = { chatId, ...(threadId === undefined ? {} : { threadId }) };
  for (const content of contents) {
    const objection = instance?.objection?.(address, content);
    if (objection === undefined) continue;
    throw new GatewayError("INVALID_REQUEST", `${channel} ${objection}`, {
      details: { reason: "unsupported-content" },
    });
  }
}

interface Queued {
  readonly idempotencyKey: string;
  readonly place: OutboundPlace;
  readonly outboxIds: readonly string[];
}

/** Parts go out in order, so the last one is settled last. */
async function answerOf(
  { outbox }: CallContext,
  { idempotencyKey, place, outboxIds }: Queued,
): Promise<DeliveryAnswer> {
  const settled: (OutboxRow | undefined)[] = [];
  for (const id of outboxIds) settled.push(await outbox.settled(id, ANSWER_WITHIN_MS));
  const failed = settled.find((row) => row?.state === "dead" || row?.state === "unknown");
  if (failed) throw deliveryError(failed, outboxIds);
  const last = settled.at(-1);
  return {
    runId: idempotencyKey,
    ...(last?.messageId === undefined ? {} : { messageId: last.messageId }),
    channel: place.channel,
    accountId: place.account,
    chatId: place.chatId,
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

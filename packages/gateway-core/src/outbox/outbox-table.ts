import type { Clock, Ids, SqlExecutor, Store } from "../ports.ts";
import type { StoredContent } from "./content.ts";

const REMEMBER_MS = 30 * 24 * 60 * 60 * 1000;
const PRUNE_BATCH = 500;

export type OutboxState = "queued" | "sending" | "sent" | "dead" | "unknown";

/** One outbound message: at most one message on the platform. */
export interface OutboxRow {
  readonly id: string;
  readonly position: number;
  readonly runId?: string;
  readonly channel: string;
  readonly account: string;
  readonly chatId: string;
  readonly threadId?: string;
  readonly replyTo?: string;
  readonly content: StoredContent;
  readonly state: OutboxState;
  readonly attempts: number;
  /** The text says that it may be a repeat. */
  readonly labelled: boolean;
  readonly nextAttemptAt: number;
  readonly deadlineAt: number;
  /** The platform's receipt. */
  readonly messageId?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Where something is sent, and on whose behalf. */
export interface OutboundPlace {
  readonly runId?: string | undefined;
  readonly channel: string;
  readonly account: string;
  readonly chatId: string;
  readonly threadId?: string | undefined;
  readonly replyTo?: string | undefined;
  /** Epoch milliseconds; without it, an hour from when it is queued. */
  readonly deadlineAt?: number;
}

export interface NewOutboxRow extends OutboundPlace {
  readonly content: StoredContent;
  readonly deadlineAt: number;
}

/** A change of state after an attempt. */
export type Transition =
  | { readonly state: "sent"; readonly messageId: string }
  | { readonly state: "queued"; readonly nextAttemptAt: number; readonly reason: string; readonly labelled?: boolean }
  | { readonly state: "dead"; readonly code: string; readonly reason: string }
  | { readonly state: "unknown"; readonly reason: string };

/** The chat a row is ordered within. */
export interface ChatLane {
  readonly channel: string;
  readonly account: string;
  readonly chatId: string;
}

interface Row {
  readonly id: string;
  readonly position: number;
  readonly run_id: string | null;
  readonly channel: string;
  readonly account: string;
  readonly chat_id: string;
  readonly thread_id: string | null;
  readonly reply_to: string | null;
  readonly content: string;
  readonly state: OutboxState;
  readonly attempts: number;
  readonly labelled: number;
  readonly next_attempt_at: number;
  readonly deadline_at: number;
  readonly message_id: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The rows of the outbox. Decides nothing; every method is one statement with a guard on the state it expects. */
export class OutboxTable {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(store: Store, clock: Clock, ids: Ids) {
    this.#store = store;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** What goes to a chat that has a new id goes there. */
  async add(sql: SqlExecutor, row: NewOutboxRow): Promise<OutboxRow> {
    const now = this.#clock.now();
    const position = await sql.get<{ value: number }>(
      `INSERT INTO counters (name, value) VALUES ('outbox', 1)
       ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value`,
    );
    const added = await sql.get<Row>(
      `INSERT INTO outbox (id, position, run_id, channel, account, chat_id, thread_id, reply_to, content, media_id,
         state, next_attempt_at, deadline_at, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?,
         coalesce((SELECT to_chat_id FROM moved_chats WHERE channel = ? AND account = ? AND from_chat_id = ?), ?),
         ?, ?, ?, ?, 'queued', ?, ?, ?, ?) RETURNING *`,
      this.#ids.uuid(),
      position?.value ?? 1,
      row.runId ?? null,
      row.channel,
      row.account,
      row.channel,
      row.account,
      row.chatId,
      row.chatId,
      row.threadId ?? null,
      row.replyTo ?? null,
      JSON.stringify(row.content),
      row.content.kind === "media" && row.content.source.type === "stored" ? row.content.source.mediaId : null,
      now,
      row.deadlineAt,
      now,
      now,
    );
    if (!added) throw new Error("The outbox insert returned no row.");
    return toRow(added);
  }

  async get(id: string): Promise<OutboxRow | undefined> {
    const row = await this.#store.get<Row>("SELECT * FROM outbox WHERE id = ?", id);
    return row ? toRow(row) : undefined;
  }

  /** Newest first. */
  async list(filter: { state?: string; channel?: string; limit: number }): Promise<OutboxRow[]> {
    const rows = await this.#store.all<Row>(
      "SELECT * FROM outbox WHERE (? = '' OR state = ?) AND (? = '' OR channel = ?) ORDER BY position DESC LIMIT ?",
      filter.state ?? "",
      filter.state ?? "",
      filter.channel ?? "",
      filter.channel ?? "",
      filter.limit,
    );
    return rows.map(toRow);
  }

  /** The chats that have something to send. */
  async openLanes(): Promise<ChatLane[]> {
    return this.#store.all<ChatLane>(
      `SELECT channel, account, chat_id AS "chatId" FROM outbox WHERE state IN ('queued', 'sending')
       GROUP BY channel, account, chat_id ORDER BY min(position)`,
    );
  }

  /** The one row of a chat that may be sent next: the oldest open one. */
  async head(lane: ChatLane): Promise<OutboxRow | undefined> {
    const row = await this.#store.get<Row>(
      `SELECT * FROM outbox WHERE channel = ? AND account = ? AND chat_id = ? AND state IN ('queued', 'sending')
       ORDER BY position LIMIT 1`,
      lane.channel,
      lane.account,
      lane.chatId,
    );
    return row ? toRow(row) : undefined;
  }

  /** A row that is being sent stays where it is: its channel knows the new id by now. */
  async moveQueued(sql: SqlExecutor, { channel, account, chatId }: ChatLane, toChatId: string): Promise<OutboxRow[]> {
    const rows = await sql.all<Row>(
      `UPDATE outbox SET chat_id = ? WHERE channel = ? AND account = ? AND chat_id = ? AND state = 'queued'
       RETURNING *`,
      toChatId,
      channel,
      account,
      chatId,
    );
    return rows.map(toRow);
  }

  async findSent({ channel, account, chatId }: ChatLane, messageId: string): Promise<OutboxRow | undefined> {
    const row = await this.#store.get<Row>(
      `SELECT * FROM outbox WHERE channel = ? AND account = ? AND chat_id = ? AND message_id = ?
       ORDER BY position LIMIT 1`,
      channel,
      account,
      chatId,
      messageId,
    );
    return row && toRow(row);
  }

  /** Written before the platform is called: whoever finds a row in this state later can not know what happened. */
  async markSending(id: string): Promise<boolean> {
    const changed = await this.#store.run(
      "UPDATE outbox SET state = 'sending', attempts = attempts + 1, updated_at = ? WHERE id = ? AND state = 'queued'",
      this.#clock.now(),
      id,
    );
    return changed === 1;
  }

  async transition(id: string, to: Transition): Promise<boolean> {
    const changed = await this.#store.run(
      `UPDATE outbox SET state = ?, next_attempt_at = coalesce(?, next_attempt_at), message_id = ?, code = ?,
         reason = ?, labelled = max(labelled, ?), updated_at = ?
       WHERE id = ? AND state IN ('queued', 'sending')`,
      to.state,
      to.state === "queued" ? to.nextAttemptAt : null,
      to.state === "sent" ? to.messageId : null,
      to.state === "dead" ? to.code : null,
      to.state === "sent" ? null : to.reason,
      to.state === "queued" && to.labelled ? 1 : 0,
      this.#clock.now(),
      id,
    );
    return changed === 1;
  }

  /** Puts a row that was given up, or whose fate is unknown, back to be sent. Answers false for any other. */
  async requeue(id: string, deadlineAt: number): Promise<boolean> {
    const now = this.#clock.now();
    const changed = await this.#store.run(
      `UPDATE outbox SET state = 'queued', attempts = 0, next_attempt_at = ?, deadline_at = ?, code = NULL,
         reason = NULL, updated_at = ? WHERE id = ? AND state IN ('dead', 'unknown')`,
      now,
      deadlineAt,
      now,
      id,
    );
    return changed === 1;
  }

  /** Gives a row up that waits, or whose fate is unknown. Answers false for any other. */
  async discard(id: string, reason: string): Promise<boolean> {
    const changed = await this.#store.run(
      `UPDATE outbox SET state = 'dead', code = 'DISCARDED', reason = ?, updated_at = ?
       WHERE id = ? AND state IN ('queued', 'unknown')`,
      reason,
      this.#clock.now(),
      id,
    );
    return changed === 1;
  }

  /** The rows a dead process left in the middle of a call. */
  async interrupted(): Promise<OutboxRow[]> {
    const rows = await this.#store.all<Row>("SELECT * FROM outbox WHERE state = 'sending' ORDER BY position");
    return rows.map(toRow);
  }

  async countByState(): Promise<Record<OutboxState, number>> {
    const rows = await this.#store.all<{ state: OutboxState; total: number }>(
      "SELECT state, count(*) AS total FROM outbox GROUP BY state",
    );
    const counts: Record<OutboxState, number> = { queued: 0, sending: 0, sent: 0, dead: 0, unknown: 0 };
    for (const row of rows) counts[row.state] = row.total;
    return counts;
  }

  async prune(): Promise<number> {
    return this.#store.run(
      `DELETE FROM outbox WHERE id IN (
         SELECT id FROM outbox WHERE created_at < ? AND state NOT IN ('queued', 'sending') LIMIT ?)`,
      this.#clock.now() - REMEMBER_MS,
      PRUNE_BATCH,
    );
  }
}

function toRow(row: Row): OutboxRow {
  return {
    id: row.id,
    position: row.position,
    ...(row.run_id === null ? {} : { runId: row.run_id }),
    channel: row.channel,
    account: row.account,
    chatId: row.chat_id,
    ...(row.thread_id === null ? {} : { threadId: row.thread_id }),
    ...(row.reply_to === null ? {} : { replyTo: row.reply_to }),
    content: JSON.parse(row.content) as StoredContent,
    state: row.state,
    attempts: row.attempts,
    labelled: row.labelled === 1,
    nextAttemptAt: row.next_attempt_at,
    deadlineAt: row.deadline_at,
    ...(row.message_id === null ? {} : { messageId: row.message_id }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

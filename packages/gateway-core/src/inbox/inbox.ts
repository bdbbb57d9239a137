import type { InboundBatch, RecordedEvent } from "@openclaw/channels-contract";

import { GatewayError } from "../errors.ts";
import type { Clock, SqlExecutor, Store } from "../ports.ts";

/** How long a delivery is remembered, so that the same one again starts nothing. Source: DESIGN promise 2. */
const REMEMBER_MS = 30 * 24 * 60 * 60 * 1000;
/** More than this many unanswered entries of a channel and nothing is accepted: the platform keeps what it is not thanked for. */
const MAX_WAITING = 20_000;
const PRUNE_BATCH = 500;
/** Platforms put about ten into an album. */
const MAX_ALBUM_ROWS = 100;

/** One account of one channel: deliveries, cursors and chats are told apart by it. */
export interface Source {
  readonly channel: string;
  readonly account: string;
}

/** A recorded delivery. */
export interface InboxEntry extends Source {
  readonly id: number;
  readonly eventId: string;
  readonly origin: "live" | "backlog";
  readonly raw: unknown;
  readonly receivedAt: number;
  /** Set for a part of a message that comes as several. */
  readonly album?: string;
  /** The other parts, once they are together: they share whatever becomes of the first. */
  readonly partIds?: readonly number[];
}

/** An entry with what became of it. */
export interface SettledEntry extends InboxEntry {
  readonly state: InboxSummary["state"];
  readonly runId?: string;
}

/** What became of an entry. `failed` is a payload nobody could read; it stays for a later version to try. */
export type Settlement =
  | { readonly state: "answered"; readonly runId: string }
  | { readonly state: "ignored" | "failed"; readonly reason: string };

/** An entry as operators see it. */
export interface InboxSummary extends Source {
  readonly id: number;
  readonly eventId: string;
  readonly state: "received" | "answered" | "ignored" | "failed";
  readonly reason: string | null;
  readonly runId: string | null;
  readonly receivedAt: number;
  readonly updatedAt: number;
}

interface InboxRow {
  readonly id: number;
  readonly channel: string;
  readonly account: string;
  readonly event_id: string;
  readonly origin: "live" | "backlog";
  readonly raw: string;
  readonly received_at: number;
  readonly album: string | null;
  readonly state: InboxSummary["state"];
  readonly run_id: string | null;
}

/**
 * Everything platforms deliver, written down before anyone decides about it. Deliveries that share a name (their
 * event id, or an alias such as chat and message id) are one and the same, for 30 days.
 */
export class Inbox {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Commits the new deliveries of a batch and its cursor together. Answers what was new. */
  async record(source: Source, batch: InboundBatch): Promise<{ recorded: InboxEntry[]; duplicates: number }> {
    return this.#store.transaction(async (sql) => {
      await this.#refuseWhenFull(sql, source.channel, batch.events.length);
      const recorded: InboxEntry[] = [];
      for (const event of batch.events) {
        const entry = await this.#recordOne(sql, source, event);
        if (entry) recorded.push(entry);
      }
      if (batch.cursor) {
        await sql.run(
          `INSERT INTO cursors (channel, account, key, value, updated_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (channel, account, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
          source.channel,
          source.account,
          batch.cursor.key,
          batch.cursor.value,
          this.#clock.now(),
        );
      }
      return { recorded, duplicates: batch.events.length - recorded.length };
    });
  }

  async readCursor(source: Source, key: string): Promise<string | undefined> {
    const row = await this.#store.get<{ value: string }>(
      "SELECT value FROM cursors WHERE channel = ? AND account = ? AND key = ?",
      source.channel,
      source.account,
      key,
    );
    return row?.value;
  }

  /**
   * The oldest entries of a channel, or of one account of it, that nobody has decided about, from after `afterId`. What
   * waits for others is not looked at.
   */
  async waiting(
    { channel, account }: { readonly channel: string; readonly account?: string },
    { limit, afterId = 0 }: { readonly limit: number; readonly afterId?: number },
  ): Promise<InboxEntry[]> {
    const rows = await this.#store.all<InboxRow>(
      `SELECT * FROM inbox WHERE state = 'received' AND channel = ? ${account === undefined ? "" : "AND account = ?"}
         AND id > ? ORDER BY id LIMIT ?`,
      channel,
      ...(account === undefined ? [] : [account]),
      afterId,
      limit,
    );
    return rows.map(toEntry);
  }

  /** The entry that goes by a name, with what became of it. */
  async find(source: Source, name: string): Promise<SettledEntry | undefined> {
    const row = await this.#store.get<InboxRow>(
      `SELECT inbox.* FROM inbox JOIN inbox_names ON inbox_names.inbox_id = inbox.id
       WHERE inbox_names.channel = ? AND inbox_names.account = ? AND inbox_names.name = ?`,
      source.channel,
      source.account,
      name,
    );
    return row && toSettled(row);
  }

  /** The parts of an album, the one that came first first. An entry that is no part of one is alone. */
  async album(entry: SettledEntry): Promise<SettledEntry[]> {
    if (entry.album === undefined) return [entry];
    const rows = await this.#store.all<InboxRow>(
      "SELECT * FROM inbox WHERE channel = ? AND account = ? AND album = ? ORDER BY id LIMIT ?",
      entry.channel,
      entry.account,
      entry.album,
      MAX_ALBUM_ROWS,
    );
    return rows.map(toSettled);
  }

  /** The parts of an entry's album that nobody has decided about, the one that came first first. */
  async albumParts(entry: InboxEntry): Promise<InboxEntry[]> {
    const rows = await this.#store.all<InboxRow>(
      `SELECT * FROM inbox WHERE channel = ? AND account = ? AND album = ? AND state = 'received' ORDER BY id LIMIT ?`,
      entry.channel,
      entry.account,
      entry.album ?? null,
      MAX_ALBUM_ROWS,
    );
    return rows.map(toEntry);
  }

  /** The newest delivery that changed the message of an entry; the entry itself when there is none. */
  async newestVersion(entry: SettledEntry): Promise<SettledEntry> {
    const row = await this.#store.get<InboxRow>(
      "SELECT * FROM inbox WHERE edit_of = ? ORDER BY id DESC LIMIT 1",
      entry.id,
    );
    return row ? toSettled(row) : entry;
  }

  /** Newest first, without what was delivered: that may be long, and stands in the sessions. */
  async list(filter: { state?: string; channel?: string; limit: number }): Promise<InboxSummary[]> {
    return this.#store.all<InboxSummary>(
      `SELECT id, channel, account, event_id AS "eventId", state, reason, run_id AS "runId",
         received_at AS "receivedAt", updated_at AS "updatedAt"
       FROM inbox WHERE (? = '' OR state = ?) AND (? = '' OR channel = ?) ORDER BY id DESC LIMIT ?`,
      filter.state ?? "",
      filter.state ?? "",
      filter.channel ?? "",
      filter.channel ?? "",
      filter.limit,
    );
  }

  async countWaiting(): Promise<number> {
    const row = await this.#store.get<{ waiting: number }>(
      "SELECT count(*) AS waiting FROM inbox WHERE state = 'received'",
    );
    return row?.waiting ?? 0;
  }

  /**
   * Writes the decision down, for all parts of a message, in the transaction that carries it out. Answers false when
   * it was settled before.
   */
  async settle(sql: SqlExecutor, entry: Pick<InboxEntry, "id" | "partIds">, settlement: Settlement): Promise<boolean> {
    if (!(await this.#settleOne(sql, entry.id, settlement))) return false;
    for (const id of entry.partIds ?? []) await this.#settleOne(sql, id, settlement);
    return true;
  }

  /** As `settle`, for a delivery that changed the message of an earlier one. */
  async settleEdit(
    sql: SqlExecutor,
    { entry, original }: { entry: InboxEntry; original: InboxEntry },
    settlement: Settlement,
  ): Promise<boolean> {
    if (!(await this.#settleOne(sql, entry.id, settlement))) return false;
    await sql.run("UPDATE inbox SET edit_of = ? WHERE id = ?", original.id, entry.id);
    return true;
  }

  /** Forgets settled entries older than 30 days, a bounded number per call. Answers how many. */
  async prune(): Promise<number> {
    return this.#store.run(
      `DELETE FROM inbox WHERE id IN
         (SELECT id FROM inbox WHERE received_at < ? AND state <> 'received' ORDER BY received_at LIMIT ?)`,
      this.#clock.now() - REMEMBER_MS,
      PRUNE_BATCH,
    );
  }

  async #settleOne(sql: SqlExecutor, entryId: number, settlement: Settlement): Promise<boolean> {
    const changed = await sql.run(
      "UPDATE inbox SET state = ?, reason = ?, run_id = ?, updated_at = ? WHERE id = ? AND state = 'received'",
      settlement.state,
      "reason" in settlement ? settlement.reason : null,
      "runId" in settlement ? settlement.runId : null,
      this.#clock.now(),
      entryId,
    );
    return changed === 1;
  }

  async #refuseWhenFull(sql: SqlExecutor, channel: string, arriving: number): Promise<void> {
    const row = await sql.get<{ waiting: number }>(
      "SELECT count(*) AS waiting FROM inbox WHERE state = 'received' AND channel = ?",
      channel,
    );
    if (arriving === 0 || (row?.waiting ?? 0) + arriving <= MAX_WAITING) return;
    throw new GatewayError(
      "UNAVAILABLE",
      `The inbox already holds ${MAX_WAITING} messages of ${channel} that wait for an answer.`,
      {
        retryAfterMs: 10_000,
      },
    );
  }

  async #recordOne(sql: SqlExecutor, source: Source, event: RecordedEvent): Promise<InboxEntry | undefined> {
    const names = [...new Set([event.eventId, ...(event.aliases ?? [])])];
    for (const name of names) {
      const known = await sql.get(
        "SELECT inbox_id FROM inbox_names WHERE channel = ? AND account = ? AND name = ?",
        source.channel,
        source.account,
        name,
      );
      if (known) return undefined;
    }
    const now = this.#clock.now();
    const row = await sql.get<{ id: number }>(
      `INSERT INTO inbox (channel, account, event_id, origin, raw, state, received_at, updated_at, album)
       VALUES (?, ?, ?, ?, ?, 'received', ?, ?, ?) RETURNING id`,
      source.channel,
      source.account,
      event.eventId,
      event.origin,
      JSON.stringify(event.raw),
      now,
      now,
      event.album ?? null,
    );
    if (!row) throw new Error("The inbox insert returned no row.");
    for (const name of names) {
      await sql.run(
        "INSERT INTO inbox_names (channel, account, name, inbox_id) VALUES (?, ?, ?, ?)",
        source.channel,
        source.account,
        name,
        row.id,
      );
    }
    const { eventId, origin, raw, album } = event;
    return {
      id: row.id,
      ...source,
      eventId,
      origin,
      raw,
      receivedAt: now,
      ...(album === undefined ? {} : { album }),
    };
  }
}

function toEntry(row: InboxRow): InboxEntry {
  return {
    id: row.id,
    channel: row.channel,
    account: row.account,
    eventId: row.event_id,
    origin: row.origin,
    raw: JSON.parse(row.raw),
    receivedAt: row.received_at,
    ...(row.album === null ? {} : { album: row.album }),
  };
}

function toSettled(row: InboxRow): SettledEntry {
  return { ...toEntry(row), state: row.state, ...(row.run_id === null ? {} : { runId: row.run_id }) };
}

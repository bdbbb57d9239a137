import type { Clock, SqlExecutor, Store } from "../ports.ts";
import type { JobKind, Slot, SlotState } from "./job.ts";

const REMEMBER_MS = 30 * 24 * 60 * 60 * 1000;
/** The newest rows of a job that are kept within the 30 days. */
const MAX_PER_JOB = 5_000;
const PRUNE_BATCH = 500;

interface SlotRow {
  readonly id: number;
  readonly job_id: string;
  readonly kind: JobKind;
  readonly origin: Slot["origin"];
  readonly scheduled_at: number;
  readonly until_at: number | null;
  readonly count: number;
  readonly state: SlotState;
  readonly reason: string | null;
  readonly run_id: string;
  readonly attempts: number;
  readonly memo: string | null;
  readonly summary: string | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
}

export interface NewSlot {
  readonly jobId: string;
  readonly kind: JobKind;
  readonly origin: Slot["origin"];
  readonly scheduledAt: number;
  readonly runId: string;
  readonly state: SlotState;
  readonly reason?: string | undefined;
  readonly untilAt?: number | undefined;
  readonly count?: number;
}

export interface SlotEnd {
  readonly state: "done" | "failed" | "missed" | "skipped";
  readonly reason?: string | undefined;
  readonly summary?: string | undefined;
}

export interface SlotFilter {
  readonly jobId?: string | undefined;
  readonly runId?: string | undefined;
  readonly limit: number;
  readonly offset?: number;
}

/** The table of slots. One row per job and instant, whatever else happens: the database refuses a second one. */
export class SlotTable {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Answers false when the instant has its row already. */
  async add(sql: SqlExecutor, slot: NewSlot): Promise<boolean> {
    const now = this.#clock.now();
    const isOpen = slot.state === "due";
    const changed = await sql.run(
      `INSERT INTO cron_slots (job_id, kind, origin, scheduled_at, until_at, count, state, reason, run_id, ended_at, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      slot.jobId,
      slot.kind,
      slot.origin,
      slot.scheduledAt,
      slot.untilAt ?? null,
      slot.count ?? 1,
      slot.state,
      slot.reason ?? null,
      slot.runId,
      isOpen ? null : now,
      now,
    );
    return changed === 1;
  }

  /** Takes the oldest due slot of a kind. */
  async claim(sql: SqlExecutor, kind: JobKind): Promise<Slot | undefined> {
    const row = await sql.get<SlotRow>(
      `UPDATE cron_slots SET state = 'claimed', attempts = attempts + 1, started_at = ?
       WHERE id = (SELECT id FROM cron_slots WHERE kind = ? AND state = 'due' ORDER BY scheduled_at, id LIMIT 1)
       RETURNING *`,
      this.#clock.now(),
      kind,
    );
    return row ? toSlot(row) : undefined;
  }

  /** Counts another beginning of a slot that a dead process had claimed. */
  async resume(sql: SqlExecutor, id: number): Promise<void> {
    await sql.run("UPDATE cron_slots SET attempts = attempts + 1 WHERE id = ? AND state = 'claimed'", id);
  }

  /** Ends an open slot. Answers false when it had ended. */
  async end(sql: SqlExecutor, id: number, end: SlotEnd): Promise<boolean> {
    const changed = await sql.run(
      "UPDATE cron_slots SET state = ?, reason = ?, summary = ?, ended_at = ? WHERE id = ? AND state IN ('due', 'claimed')",
      end.state,
      end.reason ?? null,
      end.summary ?? null,
      this.#clock.now(),
      id,
    );
    return changed === 1;
  }

  /** Ends every slot of a job that nobody has begun; with an origin, only those of that origin. */
  async skipDue(sql: SqlExecutor, jobId: string, reason: string, origin: Slot["origin"] | "" = ""): Promise<void> {
    await sql.run(
      `UPDATE cron_slots SET state = 'skipped', reason = ?, ended_at = ?
       WHERE job_id = ? AND state = 'due' AND (? = '' OR origin = ?)`,
      reason,
      this.#clock.now(),
      jobId,
      origin,
      origin,
    );
  }

  async remember(id: number, memo: unknown): Promise<void> {
    await this.#store.run("UPDATE cron_slots SET memo = ? WHERE id = ?", JSON.stringify(memo), id);
  }

  async byRun(runId: string): Promise<Slot | undefined> {
    const row = await this.#store.get<SlotRow>("SELECT * FROM cron_slots WHERE run_id = ?", runId);
    return row ? toSlot(row) : undefined;
  }

  /** Everything that is due or claimed. */
  async open(): Promise<Slot[]> {
    const rows = await this.#store.all<SlotRow>(
      "SELECT * FROM cron_slots WHERE state IN ('due', 'claimed') ORDER BY scheduled_at, id",
    );
    return rows.map(toSlot);
  }

  /** The open slots of one job. */
  async openOf(sql: SqlExecutor, jobId: string, origin: Slot["origin"]): Promise<number> {
    const row = await sql.get<{ total: number }>(
      "SELECT count(*) AS total FROM cron_slots WHERE job_id = ? AND origin = ? AND state IN ('due', 'claimed')",
      jobId,
      origin,
    );
    return row?.total ?? 0;
  }

  /** True while a slot that was asked for by hand has not begun. */
  async isWaiting(sql: SqlExecutor, jobId: string): Promise<boolean> {
    const row = await sql.get(
      "SELECT id FROM cron_slots WHERE job_id = ? AND origin = 'manual' AND state = 'due'",
      jobId,
    );
    return row !== undefined;
  }

  /** Slots that ended, the newest first, with how many there are. */
  async ended(filter: SlotFilter): Promise<{ slots: Slot[]; total: number }> {
    const { jobId = "", runId = "", limit, offset = 0 } = filter;
    const where = "state NOT IN ('due', 'claimed') AND (? = '' OR job_id = ?) AND (? = '' OR run_id = ?)";
    const rows = await this.#store.all<SlotRow>(
      `SELECT * FROM cron_slots WHERE ${where} ORDER BY id DESC LIMIT ? OFFSET ?`,
      jobId,
      jobId,
      runId,
      runId,
      limit,
      offset,
    );
    const total = await this.#store.get<{ total: number }>(
      `SELECT count(*) AS total FROM cron_slots WHERE ${where}`,
      jobId,
      jobId,
      runId,
      runId,
    );
    return { slots: rows.map(toSlot), total: total?.total ?? 0 };
  }

  /**
   * The clock went back: slots after now that nobody began have not come yet. Those that were begun keep their rows,
   * so they do not come a second time. A row that stands for several is cut off at now, with a new count.
   */
  async takeBack(sql: SqlExecutor, jobId: string, now: number, recount: (slot: Slot) => number): Promise<void> {
    await sql.run(
      `DELETE FROM cron_slots WHERE job_id = ? AND origin = 'schedule' AND scheduled_at > ? AND state IN ('due', 'missed', 'skipped')`,
      jobId,
      now,
    );
    for (const slot of await this.#rangesOver(sql, jobId, now)) {
      await sql.run("UPDATE cron_slots SET until_at = ?, count = ? WHERE id = ?", now, recount(slot), slot.id);
    }
  }

  /** How many instants of a span have a row. */
  async countBetween(sql: SqlExecutor, jobId: string, from: number, until: number): Promise<number> {
    const row = await sql.get<{ total: number }>(
      "SELECT count(*) AS total FROM cron_slots WHERE job_id = ? AND origin = 'schedule' AND scheduled_at BETWEEN ? AND ?",
      jobId,
      from,
      until,
    );
    return row?.total ?? 0;
  }

  async rangesOver(jobId: string, now: number): Promise<Slot[]> {
    return this.#rangesOver(this.#store, jobId, now);
  }

  /** Deletes one batch of what is too old or too much. Slots in the future stay: they may come again. */
  async prune(): Promise<number> {
    const now = this.#clock.now();
    const old = await this.#store.run(
      `DELETE FROM cron_slots WHERE id IN (
         SELECT id FROM cron_slots WHERE created_at < ? AND scheduled_at < ? AND state NOT IN ('due', 'claimed') LIMIT ?)`,
      now - REMEMBER_MS,
      now,
      PRUNE_BATCH,
    );
    if (old > 0) return old;
    const full = await this.#store.get<{ job_id: string }>(
      "SELECT job_id FROM cron_slots GROUP BY job_id HAVING count(*) > ? LIMIT 1",
      MAX_PER_JOB,
    );
    if (!full) return 0;
    return this.#store.run(
      `DELETE FROM cron_slots WHERE id IN (
         SELECT id FROM cron_slots WHERE job_id = ? AND scheduled_at < ? AND state NOT IN ('due', 'claimed')
           AND id < (SELECT id FROM cron_slots WHERE job_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?) LIMIT ?)`,
      full.job_id,
      now,
      full.job_id,
      MAX_PER_JOB - 1,
      PRUNE_BATCH,
    );
  }

  async #rangesOver(sql: SqlExecutor, jobId: string, now: number): Promise<Slot[]> {
    const rows = await sql.all<SlotRow>(
      "SELECT * FROM cron_slots WHERE job_id = ? AND until_at > ? AND scheduled_at <= ?",
      jobId,
      now,
      now,
    );
    return rows.map(toSlot);
  }
}

function toSlot(row: SlotRow): Slot {
  return {
    id: row.id,
    jobId: row.job_id,
    kind: row.kind,
    origin: row.origin,
    scheduledAt: row.scheduled_at,
    untilAt: row.until_at ?? undefined,
    count: row.count,
    state: row.state,
    reason: row.reason ?? undefined,
    runId: row.run_id,
    attempts: row.attempts,
    memo: row.memo === null ? undefined : (JSON.parse(row.memo) as unknown),
    summary: row.summary ?? undefined,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
  };
}

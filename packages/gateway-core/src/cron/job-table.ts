import type { SqlExecutor, Store } from "../ports.ts";
import type { Job, JobDefinition, JobKind, JobState } from "./job.ts";

interface JobRow {
  readonly id: string;
  readonly kind: JobKind;
  readonly enabled: number;
  readonly definition: string;
  readonly state: string;
  readonly cursor_at: number;
  readonly next_at: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The table of jobs. Reading changes nothing; only what is written here moves a schedule. */
export class JobTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async get(id: string, sql: SqlExecutor = this.#store): Promise<Job | undefined> {
    const row = await sql.get<JobRow>("SELECT * FROM cron_jobs WHERE id = ?", id);
    return row ? toJob(row) : undefined;
  }

  /** All jobs of a kind, the next one first, those without a next one last. */
  async list(kind: JobKind): Promise<Job[]> {
    const rows = await this.#store.all<JobRow>(
      "SELECT * FROM cron_jobs WHERE kind = ? ORDER BY next_at IS NULL, next_at, created_at, id",
      kind,
    );
    return rows.map(toJob);
  }

  /** Jobs that have slots to account for at this instant, or whose clock went back since they were last looked at. */
  async unsettled(now: number, toleranceMs: number): Promise<Job[]> {
    const rows = await this.#store.all<JobRow>(
      "SELECT * FROM cron_jobs WHERE enabled = 1 AND next_at IS NOT NULL AND (next_at <= ? OR cursor_at > ?) ORDER BY next_at",
      now,
      now + toleranceMs,
    );
    return rows.map(toJob);
  }

  async nextAt(kinds: readonly JobKind[]): Promise<number | undefined> {
    const row = await this.#store.get<{ next_at: number | null }>(
      "SELECT min(next_at) AS next_at FROM cron_jobs WHERE enabled = 1 AND next_at IS NOT NULL AND (kind = ? OR kind = ?)",
      kinds[0] ?? "",
      kinds[1] ?? "",
    );
    return row?.next_at ?? undefined;
  }

  /** Adds a job, or replaces the one of the same id. */
  async put(sql: SqlExecutor, job: Job): Promise<void> {
    await sql.run(
      `INSERT INTO cron_jobs (id, kind, enabled, definition, state, cursor_at, next_at, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET enabled = excluded.enabled, definition = excluded.definition, state = excluded.state,
         cursor_at = excluded.cursor_at, next_at = excluded.next_at, updated_at = excluded.updated_at`,
      job.id,
      job.kind,
      job.enabled ? 1 : 0,
      JSON.stringify(job.definition),
      JSON.stringify(job.state),
      job.cursorAt,
      job.nextAt ?? null,
      job.createdAt,
      job.updatedAt,
    );
  }

  async move(sql: SqlExecutor, id: string, cursorAt: number, nextAt: number | undefined): Promise<void> {
    await sql.run("UPDATE cron_jobs SET cursor_at = ?, next_at = ? WHERE id = ?", cursorAt, nextAt ?? null, id);
  }

  async setState(sql: SqlExecutor, id: string, state: JobState): Promise<void> {
    await sql.run("UPDATE cron_jobs SET state = ? WHERE id = ?", JSON.stringify(state), id);
  }

  async disable(sql: SqlExecutor, id: string): Promise<void> {
    await sql.run("UPDATE cron_jobs SET enabled = 0, next_at = NULL WHERE id = ?", id);
  }

  async remove(sql: SqlExecutor, id: string): Promise<boolean> {
    return (await sql.run("DELETE FROM cron_jobs WHERE id = ?", id)) === 1;
  }

  async count(kind: JobKind): Promise<number> {
    const row = await this.#store.get<{ total: number }>(
      "SELECT count(*) AS total FROM cron_jobs WHERE kind = ?",
      kind,
    );
    return row?.total ?? 0;
  }
}

function toJob(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    enabled: row.enabled === 1,
    definition: JSON.parse(row.definition) as JobDefinition,
    state: JSON.parse(row.state) as JobState,
    cursorAt: row.cursor_at,
    nextAt: row.next_at ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

import type { Clock, SqlExecutor, Store } from "../ports.ts";

const MAX_WAITING = 100;
const MAX_PASSING = 20;
const PASSING_MS = 24 * 60 * 60 * 1000;
const MAX_LINE_LENGTH = 16_384;
const REMEMBER_MS = 30 * 24 * 60 * 60 * 1000;
const PRUNE_BATCH = 500;

/**
 * Lines that the next turn of a session should see, kept across restarts. A line goes to one turn, and to the same one
 * however often that is begun. The newest 100 of a session wait; what is older than those is dropped. Lines about the
 * moment are the newest 20 of a day, and wake nobody.
 */
export class SessionNotes {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async add(sql: SqlExecutor, sessionKey: string, line: string): Promise<void> {
    await sql.run(
      "INSERT INTO session_notes (session_key, line, created_at) VALUES (?, ?, ?)",
      sessionKey,
      line.slice(0, MAX_LINE_LENGTH),
      this.#clock.now(),
    );
    await sql.run(
      `DELETE FROM session_notes WHERE session_key = ? AND run_id IS NULL AND passing = 0 AND id <= (
         SELECT id FROM session_notes WHERE session_key = ? AND run_id IS NULL AND passing = 0
         ORDER BY id DESC LIMIT 1 OFFSET ?)`,
      sessionKey,
      sessionKey,
      MAX_WAITING,
    );
  }

  /** Adds a line about the moment; the same one twice in a row counts once. */
  async addPassing(sessionKey: string, line: string): Promise<void> {
    const text = line.slice(0, MAX_LINE_LENGTH);
    await this.#store.transaction(async (sql) => {
      const last = await sql.get<{ line: string }>(
        "SELECT line FROM session_notes WHERE session_key = ? AND run_id IS NULL AND passing = 1 ORDER BY id DESC LIMIT 1",
        sessionKey,
      );
      if (last?.line === text) return;
      await sql.run(
        "INSERT INTO session_notes (session_key, line, passing, created_at) VALUES (?, ?, 1, ?)",
        sessionKey,
        text,
        this.#clock.now(),
      );
      await sql.run(
        `DELETE FROM session_notes WHERE session_key = ? AND run_id IS NULL AND passing = 1 AND id <= (
           SELECT id FROM session_notes WHERE session_key = ? AND run_id IS NULL AND passing = 1
           ORDER BY id DESC LIMIT 1 OFFSET ?)`,
        sessionKey,
        sessionKey,
        MAX_PASSING,
      );
    });
  }

  /** The lines that a turn is told: those that wait, and those it was given before. */
  async take(sessionKey: string, runId: string): Promise<string[]> {
    const waiting = await this.#store.get(
      "SELECT id FROM session_notes WHERE (session_key = ? AND run_id IS NULL) OR run_id = ? LIMIT 1",
      sessionKey,
      runId,
    );
    if (!waiting) return [];
    return this.#store.transaction(async (sql) => {
      await sql.run(
        "DELETE FROM session_notes WHERE session_key = ? AND run_id IS NULL AND passing = 1 AND created_at < ?",
        sessionKey,
        this.#clock.now() - PASSING_MS,
      );
      await sql.run("UPDATE session_notes SET run_id = ? WHERE session_key = ? AND run_id IS NULL", runId, sessionKey);
      const rows = await sql.all<{ line: string }>(
        "SELECT line FROM session_notes WHERE run_id = ? ORDER BY id",
        runId,
      );
      return rows.map(({ line }) => line);
    });
  }

  /** The lines that wait for a session's next turn, the oldest first. */
  async waiting(sessionKey: string): Promise<string[]> {
    const rows = await this.#store.all<{ line: string }>(
      `SELECT line FROM session_notes WHERE session_key = ? AND run_id IS NULL AND (passing = 0 OR created_at >= ?)
       ORDER BY id`,
      sessionKey,
      this.#clock.now() - PASSING_MS,
    );
    return rows.map(({ line }) => line);
  }

  /** How many of them are worth waking somebody for. */
  async countWaking(sessionKey: string): Promise<number> {
    const row = await this.#store.get<{ total: number }>(
      "SELECT count(*) AS total FROM session_notes WHERE session_key = ? AND run_id IS NULL AND passing = 0",
      sessionKey,
    );
    return row?.total ?? 0;
  }

  prune(): Promise<number> {
    return this.#store.run(
      "DELETE FROM session_notes WHERE id IN (SELECT id FROM session_notes WHERE created_at < ? LIMIT ?)",
      this.#clock.now() - REMEMBER_MS,
      PRUNE_BATCH,
    );
  }
}

import type { Clock, SqlExecutor, Store } from "../ports.ts";

const MAX_LINE_LENGTH = 2_000;
const REMEMBER_MS = 30 * 24 * 60 * 60 * 1000;
const PRUNE_BATCH = 500;

/** What was said in groups without asking for an answer, kept until an answer takes it along. */
export class Overheard {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Keeps a line; of one session no more than the newest `limit`. */
  async add(sql: SqlExecutor, sessionKey: string, { line, limit }: { line: string; limit: number }): Promise<void> {
    if (limit <= 0) return;
    await sql.run(
      "INSERT INTO overheard (session_key, line, created_at) VALUES (?, ?, ?)",
      sessionKey,
      shorten(line),
      this.#clock.now(),
    );
    await sql.run(
      `DELETE FROM overheard WHERE session_key = ? AND id NOT IN
         (SELECT id FROM overheard WHERE session_key = ? ORDER BY id DESC LIMIT ?)`,
      sessionKey,
      sessionKey,
      limit,
    );
  }

  /** Puts another line in the place of one that nobody was told yet. Answers false when there is none. */
  async replace(sql: SqlExecutor, sessionKey: string, { from, to }: { from: string; to: string }): Promise<boolean> {
    const changed = await sql.run(
      `UPDATE overheard SET line = ? WHERE id = (
         SELECT id FROM overheard WHERE session_key = ? AND line = ? ORDER BY id DESC LIMIT 1)`,
      shorten(to),
      sessionKey,
      shorten(from),
    );
    return changed === 1;
  }

  /** Hands the lines of a session over, oldest first: they are told to one turn. */
  async take(sql: SqlExecutor, sessionKey: string): Promise<string[]> {
    const rows = await sql.all<{ line: string }>(
      "SELECT line FROM overheard WHERE session_key = ? ORDER BY id",
      sessionKey,
    );
    if (rows.length > 0) await sql.run("DELETE FROM overheard WHERE session_key = ?", sessionKey);
    return rows.map(({ line }) => line);
  }

  /** Forgets what nobody asked about for 30 days, a bounded number per call. Answers how many. */
  async prune(): Promise<number> {
    return this.#store.run(
      "DELETE FROM overheard WHERE id IN (SELECT id FROM overheard WHERE created_at < ? ORDER BY created_at LIMIT ?)",
      this.#clock.now() - REMEMBER_MS,
      PRUNE_BATCH,
    );
  }
}

function shorten(line: string): string {
  return line.length <= MAX_LINE_LENGTH ? line : `${line.slice(0, MAX_LINE_LENGTH)}…`;
}

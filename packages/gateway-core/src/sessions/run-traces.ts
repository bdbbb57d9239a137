import type { SqlExecutor } from "../ports.ts";

/** Begins a session anew under its key: what was said in it before is gone. Nothing happens when there is none. */
export async function renewSession(sql: SqlExecutor, key: string, sessionId: string): Promise<void> {
  await sql.run("DELETE FROM transcript WHERE session_id = (SELECT session_id FROM sessions WHERE key = ?)", key);
  await sql.run(
    "UPDATE sessions SET session_id = ?, input_tokens = 0, output_tokens = 0, total_tokens = 0 WHERE key = ?",
    sessionId,
    key,
  );
}

/** A turn that came to nothing, with the time its session had changed last before it. */
export interface EmptyRun {
  readonly key: string;
  readonly runId: string;
  readonly updatedAt: number | undefined;
}

/**
 * Takes a turn that told nothing out of its session again: its lines, unless it used tools, and its mark on the time
 * of the last change, unless others wrote meanwhile.
 */
export async function undoRun(sql: SqlExecutor, { key, runId, updatedAt }: EmptyRun): Promise<void> {
  await sql.run(
    `DELETE FROM transcript WHERE run_id = ?
       AND NOT EXISTS (SELECT 1 FROM transcript AS used WHERE used.run_id = ? AND used.role = 'toolResult')`,
    runId,
    runId,
  );
  if (updatedAt === undefined) return;
  await sql.run(
    `UPDATE sessions SET updated_at = ? WHERE key = ? AND NOT EXISTS (
       SELECT 1 FROM turns WHERE session_key = ? AND run_id <> ?
         AND accepted_at >= (SELECT accepted_at FROM turns AS own WHERE own.run_id = ?))`,
    updatedAt,
    key,
    key,
    runId,
    runId,
  );
}

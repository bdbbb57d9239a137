import type { Clock, SqlExecutor, Store } from "../ports.ts";
import type { Backlog } from "./backlog.ts";
import { chatOf, type NewTurn, toTurn, type Turn, type TurnEnd, type TurnRow, type TurnState } from "./turn.ts";

/** A running turn's lease is renewed well before it ends; a lease past its time belongs to nobody. */
export const LEASE_MS = 60_000;
const REMEMBER_MS = 30 * 24 * 60 * 60 * 1000;
const PRUNE_BATCH = 500;

/** Which turns may begin. */
export interface LaneRoom {
  readonly forSubagents: boolean;
  readonly forOthers: boolean;
}

/**
 * Turns that wait, run, or ran. A session's lane is its one running row, held by a lease: work that is queued always
 * has either a live lease before it or nothing, and a lease whose holder died is found by its time.
 */
export class TurnQueue {
  readonly #store: Store;
  readonly #clock: Clock;
  /** Names this process among those that may have held a lease. */
  readonly #owner: string;
  readonly #backlog: Pick<Backlog, "collect">;

  constructor(store: Store, clock: Clock, { owner, backlog }: { owner: string; backlog: Pick<Backlog, "collect"> }) {
    this.#store = store;
    this.#clock = clock;
    this.#owner = owner;
    this.#backlog = backlog;
  }

  async add(sql: SqlExecutor, turn: NewTurn): Promise<Turn> {
    const row = await sql.get<TurnRow>(
      `INSERT INTO turns (run_id, position, session_key, agent_id, source, inbox_id, request, route, state, accepted_at,
         queue_mode, not_before, reply_chat)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?) RETURNING *`,
      turn.runId,
      await nextPosition(sql),
      turn.sessionKey,
      turn.agentId,
      turn.source,
      turn.inboxId ?? null,
      JSON.stringify(turn.request),
      turn.route ? JSON.stringify(turn.route) : null,
      this.#clock.now(),
      turn.queueMode ?? "followup",
      turn.notBefore ?? 0,
      chatOf(turn.route),
    );
    if (!row) throw new Error("The turn insert returned no row.");
    return toTurn(row);
  }

  async get(runId: string): Promise<Turn | undefined> {
    const row = await this.#store.get<TurnRow>("SELECT * FROM turns WHERE run_id = ?", runId);
    return row ? toTurn(row) : undefined;
  }

  /** The queued and running turns of a session, in order. */
  async open(sessionKey: string): Promise<Turn[]> {
    const rows = await this.#store.all<TurnRow>(
      "SELECT * FROM turns WHERE state IN ('queued', 'running') AND session_key = ? ORDER BY position",
      sessionKey,
    );
    return rows.map(toTurn);
  }

  /** How many turns run or wait in a session and in those of its sub-agents. */
  async countOpenWithSubagents(sessionKey: string): Promise<number> {
    const row = await this.#store.get<{ open: number }>(
      `SELECT count(*) AS open FROM turns WHERE state IN ('queued', 'running') AND (session_key = ? OR session_key IN (
         SELECT key FROM sessions WHERE spawned_by = ? AND key LIKE 'agent:%:subagent:%'))`,
      sessionKey,
      sessionKey,
    );
    return row?.open ?? 0;
  }

  /** The runs that wait or run, by session. */
  async openBySession(): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await this.#store.all<{ session_key: string; run_id: string }>(
      "SELECT session_key, run_id FROM turns WHERE state IN ('queued', 'running') ORDER BY position",
    );
    return new Map(
      [...Map.groupBy(rows, (row) => row.session_key)].map(([key, open]) => [key, open.map((row) => row.run_id)]),
    );
  }

  /**
   * Takes the oldest queued turn that may begin and whose session's lane is free, or undefined when there is none.
   * One that was accepted in the future waits no longer: the clock was set back, and its time may be far away.
   * Messages of the same chat that were to be collected become part of it.
   */
  async claim(sql: SqlExecutor, room: LaneRoom): Promise<Turn | undefined> {
    const now = this.#clock.now();
    const row = await sql.get<TurnRow>(
      `UPDATE turns SET state = 'running', attempts = attempts + 1, lease_owner = ?, lease_until = ?, started_at = ?
       WHERE run_id = (
         SELECT run_id FROM turns AS waiting
         WHERE state = 'queued' AND (not_before <= ? OR accepted_at > ?)
           AND CASE WHEN session_key LIKE 'agent:%:subagent:%' THEN ? ELSE ? END
           AND NOT EXISTS (SELECT 1 FROM turns WHERE state = 'running' AND session_key = waiting.session_key)
         ORDER BY position LIMIT 1)
       RETURNING *`,
      this.#owner,
      now + LEASE_MS,
      now,
      now,
      now,
      room.forSubagents ? 1 : 0,
      room.forOthers ? 1 : 0,
    );
    return row && (row.queue_mode === "collect" ? this.#backlog.collect(sql, row) : toTurn(row));
  }

  /** Puts another prompt in the place of a turn's. Answers false for a turn that was begun, or was asked otherwise. */
  async replacePrompt(sql: SqlExecutor, turn: Turn, prompt: string): Promise<boolean> {
    const changed = await sql.run(
      "UPDATE turns SET request = ? WHERE run_id = ? AND state = 'queued' AND attempts = 0 AND request = ?",
      JSON.stringify({ ...turn.request, prompt }),
      turn.runId,
      JSON.stringify(turn.request),
    );
    return changed === 1;
  }

  /** When the next queued turn may begin, in epoch milliseconds; undefined when none has to wait for its time. */
  async nextBegin(): Promise<number | undefined> {
    const row = await this.#store.get<{ at: number | null }>(
      "SELECT min(not_before) AS at FROM turns WHERE state = 'queued' AND not_before > 0 AND not_before > ?",
      this.#clock.now(),
    );
    return row?.at ?? undefined;
  }

  /** Keeps a lane. Answers false when the lease was lost; the turn must then stop. */
  async renew(runId: string): Promise<boolean> {
    const changed = await this.#store.run(
      "UPDATE turns SET lease_until = ? WHERE run_id = ? AND state = 'running' AND lease_owner = ?",
      this.#clock.now() + LEASE_MS,
      runId,
      this.#owner,
    );
    return changed === 1;
  }

  /** Written before the first tool call that changes something outside; survives a crash during it. */
  async markSideEffects(runId: string): Promise<void> {
    await this.#store.run("UPDATE turns SET side_effects = 1 WHERE run_id = ? AND side_effects = 0", runId);
  }

  /** Ends a turn that this process runs, or one that still waits. Answers false when it had ended or moved on. */
  async end(sql: SqlExecutor, runId: string, end: TurnEnd): Promise<boolean> {
    const changed = await sql.run(
      `UPDATE turns SET state = ?, answer = ?, error = ?, ended_at = ?, lease_owner = NULL, lease_until = NULL
       WHERE run_id = ? AND (state = 'queued' OR (state = 'running' AND lease_owner = ?))`,
      end.state,
      end.state === "done" ? JSON.stringify(end.answer) : null,
      end.state === "done" ? null : JSON.stringify(end.error),
      this.#clock.now(),
      runId,
      this.#owner,
    );
    return changed === 1;
  }

  /** Gives a lane back untouched: the turn waits again, for this process or the next. */
  async release(runId: string): Promise<void> {
    await this.#store.run(
      `UPDATE turns SET state = 'queued', lease_owner = NULL, lease_until = NULL
       WHERE run_id = ? AND state = 'running' AND lease_owner = ?`,
      runId,
      this.#owner,
    );
  }

  /**
   * Finds lanes whose holder is gone: another process's (the store has one owner at a time, so that one is dead), or
   * a lease of this one that ran out, or that is longer than any (the clock was set back). Turns without side effects wait again; the others are handed back, still
   * marked running for this process, for the caller to end.
   */
  async recover(): Promise<Turn[]> {
    return this.#store.transaction(async (sql) => {
      const now = this.#clock.now();
      await sql.run(
        `UPDATE turns SET state = 'queued', lease_owner = NULL, lease_until = NULL
         WHERE state = 'running' AND side_effects = 0 AND (lease_owner <> ? OR lease_until <= ? OR lease_until > ?)`,
        this.#owner,
        now,
        now + LEASE_MS,
      );
      const rows = await sql.all<TurnRow>(
        `UPDATE turns SET lease_owner = ?, lease_until = ?
         WHERE state = 'running' AND side_effects = 1 AND (lease_owner <> ? OR lease_until <= ? OR lease_until > ?) RETURNING *`,
        this.#owner,
        now + LEASE_MS,
        this.#owner,
        now,
        now + LEASE_MS,
      );
      return rows.map(toTurn);
    });
  }

  async countOpen(): Promise<{ queued: number; running: number }> {
    const rows = await this.#store.all<{ state: TurnState; total: number }>(
      "SELECT state, count(*) AS total FROM turns WHERE state IN ('queued', 'running') GROUP BY state",
    );
    const total = (state: TurnState) => rows.find((row) => row.state === state)?.total ?? 0;
    return { queued: total("queued"), running: total("running") };
  }

  async prune(): Promise<number> {
    return this.#store.run(
      `DELETE FROM turns WHERE run_id IN (
         SELECT run_id FROM turns WHERE accepted_at < ? AND state NOT IN ('queued', 'running') LIMIT ?)`,
      this.#clock.now() - REMEMBER_MS,
      PRUNE_BATCH,
    );
  }
}

async function nextPosition(sql: SqlExecutor): Promise<number> {
  const row = await sql.get<{ value: number }>(
    `INSERT INTO counters (name, value) VALUES ('turns', 1)
     ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value`,
  );
  return row?.value ?? 1;
}

import type { Clock, Ids, SqlExecutor, Store, TokenUsage, TranscriptMessage } from "../ports.ts";
import { isOver, type ResetRule } from "./rules/reset-rule.ts";
import { type Route, type Session, type SessionOrigin, type SessionRow, toSession } from "./session-row.ts";

export type { Route, Session, SessionOrigin } from "./session-row.ts";

const MAX_LISTED = 1_000;
const MAX_PAST_IDS = 100;
const PRUNE_BATCH = 100;
/** In characters of JSON; one message alone may be longer. */
const MAX_PAGE_LENGTH = 500_000;

/** One message of a transcript, as it is exported. */
export interface TranscriptEntry {
  readonly id: number;
  readonly runId?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly message: TranscriptMessage;
}

/** What a message says about the session it belongs to; undefined leaves what is known. */
export interface SessionTouch {
  readonly key: string;
  readonly agentId: string;
  readonly chatType: Session["chatType"];
  readonly channel?: string | undefined;
  readonly title?: string | undefined;
  readonly route?: Route | undefined;
  readonly origin?: SessionOrigin | undefined;
  /** A person wrote, and this says whether that begins the session anew; without it nobody did. */
  readonly resetRule?: ResetRule | undefined;
}

/** What a finished turn leaves on its session. */
export interface TurnTrace {
  readonly usage?: TokenUsage;
  readonly provider?: string;
  readonly model?: string;
  readonly aborted: boolean;
}

/** What people may set for one session; undefined leaves what is set, null clears it. */
export type SessionChange = {
  readonly [
    Key in
      | "label"
      | "model"
      | "thinkingLevel"
      | "verboseLevel"
      | "reasoningLevel"
      | "responseUsage"
      | "sendPolicy"
      | "activation"
      | "queue"
      | "spawnedBy"
  ]?: NonNullable<Session[Key]> | null | undefined;
};

const CHANGE_COLUMNS: Readonly<Record<keyof SessionChange, string>> = {
  label: "label",
  model: "model",
  thinkingLevel: "thinking_level",
  verboseLevel: "verbose_level",
  reasoningLevel: "reasoning_level",
  responseUsage: "response_usage",
  sendPolicy: "send_policy",
  activation: "activation",
  queue: "queue",
  spawnedBy: "spawned_by",
};

/** Conversations with the agent: what is known of each, and what was said in it. */
export class SessionStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(store: Store, clock: Clock, ids: Ids) {
    this.#store = store;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** Inside a transaction, what stands in it. */
  async get(key: string, sql: SqlExecutor = this.#store): Promise<Session | undefined> {
    const row = await sql.get<SessionRow>("SELECT * FROM sessions WHERE key = ?", key);
    return row ? toSession(row) : undefined;
  }

  async getById(sessionId: string): Promise<Session | undefined> {
    const row = await this.#store.get<SessionRow>("SELECT * FROM sessions WHERE session_id = ?", sessionId);
    return row ? toSession(row) : undefined;
  }

  async getByLabel(label: string, sql: SqlExecutor = this.#store): Promise<Session | undefined> {
    const row = await sql.get<SessionRow>("SELECT * FROM sessions WHERE label = ? ORDER BY updated_at DESC", label);
    return row ? toSession(row) : undefined;
  }

  /** The ids a session had before it was reset, newest first. */
  async pastIds(key: string): Promise<string[]> {
    const rows = await this.#store.all<{ session_id: string }>(
      "SELECT session_id FROM past_sessions WHERE key = ? ORDER BY ended_at DESC, session_id LIMIT ?",
      key,
      MAX_PAST_IDS,
    );
    return rows.map((row) => row.session_id);
  }

  /** Forgets a session, and what was said in it unless that is to stay. Answers false when there was none. */
  async remove(sql: SqlExecutor, key: string, { withTranscript }: { withTranscript: boolean }): Promise<boolean> {
    if (withTranscript) {
      await sql.run(
        `DELETE FROM transcript WHERE session_id IN (
           SELECT session_id FROM sessions WHERE key = ? UNION SELECT session_id FROM past_sessions WHERE key = ?)`,
        key,
        key,
      );
      await sql.run("DELETE FROM past_sessions WHERE key = ?", key);
    }
    await sql.run("DELETE FROM overheard WHERE session_key = ?", key);
    return (await sql.run("DELETE FROM sessions WHERE key = ?", key)) > 0;
  }

  /** The sessions of the sub-agents that a session started. */
  async subagentsOf(key: string): Promise<string[]> {
    const rows = await this.#store.all<{ key: string }>(
      "SELECT key FROM sessions WHERE spawned_by = ? AND key LIKE 'agent:%:subagent:%' ORDER BY key LIMIT ?",
      key,
      MAX_LISTED,
    );
    return rows.map((row) => row.key);
  }

  /** Forgets sub-agents whose sessions have not changed for so long and in which nothing runs. Answers how many. */
  async pruneSubagents(idleMs: number): Promise<number> {
    if (idleMs === Infinity) return 0;
    const rows = await this.#store.all<{ key: string }>(
      `SELECT key FROM sessions WHERE key LIKE 'agent:%:subagent:%' AND updated_at < ?
         AND NOT EXISTS (SELECT 1 FROM turns WHERE session_key = sessions.key AND state IN ('queued', 'running')) LIMIT ?`,
      this.#clock.now() - idleMs,
      PRUNE_BATCH,
    );
    if (rows.length === 0) return 0;
    return this.#store.transaction(async (sql) => {
      for (const { key } of rows) await this.remove(sql, key, { withTranscript: true });
      return rows.length;
    });
  }

  /** Newest first. `activeSince` in epoch milliseconds. */
  async list(filter: { limit?: number; activeSince?: number; agentId?: string } = {}): Promise<Session[]> {
    const rows = await this.#store.all<SessionRow>(
      `SELECT * FROM sessions WHERE updated_at >= ? AND (? = '' OR agent_id = ?) ORDER BY updated_at DESC, key LIMIT ?`,
      filter.activeSince ?? 0,
      filter.agentId ?? "",
      filter.agentId ?? "",
      Math.min(filter.limit ?? MAX_LISTED, MAX_LISTED),
    );
    return rows.map(toSession);
  }

  /** How many sessions each agent has; agents without one are not in it. */
  async countByAgent(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#store.all<{ agent_id: string; total: number }>(
      "SELECT agent_id, count(*) AS total FROM sessions GROUP BY agent_id",
    );
    return new Map(rows.map(({ agent_id: agentId, total }) => [agentId, total]));
  }

  async count(): Promise<number> {
    const row = await this.#store.get<{ total: number }>("SELECT count(*) AS total FROM sessions");
    return row?.total ?? 0;
  }

  /** Finds or creates the session, and notes where it was last written from. One that is over begins anew. */
  async touch(sql: SqlExecutor, touch: SessionTouch): Promise<Session> {
    const now = this.#clock.now();
    if (touch.resetRule) await this.#resetWhenOver(sql, touch.key, touch.resetRule);
    const row = await sql.get<SessionRow>(
      `INSERT INTO sessions (key, agent_id, session_id, chat_type, channel, title, route, origin, created_at, updated_at, interacted_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET
         channel = coalesce(excluded.channel, sessions.channel),
         title = coalesce(excluded.title, sessions.title),
         route = coalesce(excluded.route, sessions.route),
         origin = coalesce(sessions.origin, excluded.origin),
         updated_at = excluded.updated_at,
         interacted_at = CASE WHEN ? THEN excluded.interacted_at ELSE sessions.interacted_at END
       RETURNING *`,
      touch.key,
      touch.agentId,
      this.#ids.uuid(),
      touch.chatType,
      touch.channel ?? null,
      touch.title ?? null,
      touch.route ? JSON.stringify(touch.route) : null,
      touch.origin ? JSON.stringify(touch.origin) : null,
      now,
      now,
      now,
      touch.resetRule ? 1 : 0,
    );
    if (!row) throw new Error("The session upsert returned no row.");
    return toSession(row);
  }

  /** Begins a session anew under a new id: its counts are zero, its settings stay, and so does the old transcript. */
  async reset(sql: SqlExecutor, key: string): Promise<Session | undefined> {
    const now = this.#clock.now();
    await sql.run(
      "INSERT INTO past_sessions (session_id, key, ended_at) SELECT session_id, key, ? FROM sessions WHERE key = ?",
      now,
      key,
    );
    const row = await sql.get<SessionRow>(
      `UPDATE sessions SET session_id = ?, input_tokens = 0, output_tokens = 0, total_tokens = 0, aborted_last_run = 0,
         updated_at = ?, interacted_at = ?
       WHERE key = ? RETURNING *`,
      this.#ids.uuid(),
      now,
      now,
      key,
    );
    return row && toSession(row);
  }

  /** Changes what is set for a session. Undefined when there is none by that key. */
  async change(sql: SqlExecutor, key: string, change: SessionChange): Promise<Session | undefined> {
    for (const [name, value] of Object.entries(change)) {
      const column = CHANGE_COLUMNS[name as keyof SessionChange];
      if (value === undefined || column === undefined) continue;
      const stored = typeof value === "object" && value !== null ? JSON.stringify(value) : value;
      await sql.run(`UPDATE sessions SET ${column} = ? WHERE key = ?`, stored, key);
    }
    const row = await sql.get<SessionRow>(
      "UPDATE sessions SET updated_at = ? WHERE key = ? RETURNING *",
      this.#clock.now(),
      key,
    );
    return row && toSession(row);
  }

  async #resetWhenOver(sql: SqlExecutor, key: string, rule: ResetRule): Promise<void> {
    const row = await sql.get<{ interacted_at: number }>("SELECT interacted_at FROM sessions WHERE key = ?", key);
    if (row && isOver(rule, row.interacted_at, this.#clock.now())) await this.reset(sql, key);
  }

  /** Counts a finished turn. One that began before the session was reset counts for nothing. */
  async recordTurn(sql: SqlExecutor, sessionId: string, trace: TurnTrace): Promise<void> {
    await sql.run(
      `UPDATE sessions SET
         input_tokens = input_tokens + ?, output_tokens = output_tokens + ?, total_tokens = total_tokens + ?,
         last_provider = coalesce(?, last_provider), last_model = coalesce(?, last_model),
         aborted_last_run = ?, updated_at = ?
       WHERE session_id = ?`,
      trace.usage?.input ?? 0,
      trace.usage?.output ?? 0,
      trace.usage?.total ?? 0,
      trace.provider ?? null,
      trace.model ?? null,
      trace.aborted ? 1 : 0,
      this.#clock.now(),
      sessionId,
    );
  }

  /** Appends to a session's transcript. `runId` ties entries to the turn they belong to. Answers the entry's id. */
  async append(sql: SqlExecutor, sessionId: string, message: TranscriptMessage, runId?: string): Promise<number> {
    const row = await sql.get<{ id: number }>(
      "INSERT INTO transcript (session_id, run_id, role, message, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
      sessionId,
      runId ?? null,
      message.role,
      JSON.stringify(message),
      this.#clock.now(),
    );
    if (!row) throw new Error("The transcript insert returned no row.");
    return row.id;
  }

  /** True when the turn's prompt stands in the transcript already: a turn that is run again must not repeat it. */
  async hasPrompt(sql: SqlExecutor, runId: string): Promise<boolean> {
    const row = await sql.get("SELECT id FROM transcript WHERE run_id = ? AND role = 'user'", runId);
    return row !== undefined;
  }

  /** Puts a turn's prompt in place of the one in the transcript. */
  async replacePrompt(runId: string, message: TranscriptMessage): Promise<void> {
    await this.#store.run(
      "UPDATE transcript SET message = ? WHERE id = (SELECT min(id) FROM transcript WHERE run_id = ? AND role = 'user')",
      JSON.stringify(message),
      runId,
    );
  }

  /** Puts another message in the place of one in a transcript. */
  async replaceMessage(id: number, message: TranscriptMessage): Promise<void> {
    await this.#store.run("UPDATE transcript SET message = ? WHERE id = ?", JSON.stringify(message), id);
  }

  /** The first and the last message of a session's transcript. */
  async ends(sessionId: string): Promise<{ first?: TranscriptMessage; last?: TranscriptMessage }> {
    const read = async (direction: "ASC" | "DESC") => {
      const row = await this.#store.get<{ message: string }>(
        `SELECT message FROM transcript WHERE session_id = ? AND role <> 'toolResult' ORDER BY id ${direction} LIMIT 1`,
        sessionId,
      );
      return row && (JSON.parse(row.message) as TranscriptMessage);
    };
    const [first, last] = [await read("ASC"), await read("DESC")];
    return { ...(first ? { first } : {}), ...(last ? { last } : {}) };
  }

  /** One page of a transcript, oldest first, of a bounded size. `nextId` is the `afterId` of the page after it. */
  async page(
    sessionId: string,
    { afterId, limit }: { afterId: number; limit: number },
  ): Promise<{ entries: TranscriptEntry[]; nextId?: number }> {
    const rows = await this.#store.all<{ id: number; run_id: string | null; message: string; created_at: number }>(
      "SELECT id, run_id, message, created_at FROM transcript WHERE session_id = ? AND id > ? ORDER BY id LIMIT ?",
      sessionId,
      afterId,
      limit + 1,
    );
    let size = 0;
    const fitting = rows.slice(0, limit).filter(({ message }, index) => {
      size += message.length;
      return index === 0 || size <= MAX_PAGE_LENGTH;
    });
    const entries = fitting.map(({ id, run_id: runId, message, created_at: at }) => ({
      id,
      at,
      ...(runId === null ? {} : { runId }),
      message: JSON.parse(message) as TranscriptMessage,
    }));
    const last = entries.at(-1);
    return last && entries.length < rows.length ? { entries, nextId: last.id } : { entries };
  }

  /** The place of an entry in its transcript, from 1. */
  async placeOf(sessionId: string, id: number): Promise<number> {
    const row = await this.#store.get<{ place: number }>(
      "SELECT count(*) AS place FROM transcript WHERE session_id = ? AND id <= ?",
      sessionId,
      id,
    );
    return row?.place ?? 0;
  }

  /** The newest entries of a transcript, oldest first, with how many there are. */
  async newest(sessionId: string, limit: number): Promise<{ entries: TranscriptEntry[]; total: number }> {
    const [first] = await this.#store.all<{ id: number; total: number }>(
      `SELECT min(id) AS id, (SELECT count(*) FROM transcript WHERE session_id = ?) AS total FROM
         (SELECT id FROM transcript WHERE session_id = ? ORDER BY id DESC LIMIT ?)`,
      sessionId,
      sessionId,
      limit,
    );
    const { entries } = await this.page(sessionId, { afterId: (first?.id ?? 1) - 1, limit });
    return { entries, total: first?.total ?? 0 };
  }

  /** The last `limit` messages, oldest first, without those of one turn when `exceptRunId` is given. */
  async history(sessionId: string, limit: number, exceptRunId?: string): Promise<TranscriptMessage[]> {
    const rows = await this.#store.all<{ message: string }>(
      `SELECT message FROM transcript WHERE session_id = ? AND coalesce(run_id, '') <> ? ORDER BY id DESC LIMIT ?`,
      sessionId,
      exceptRunId ?? "-",
      limit,
    );
    return rows.toReversed().map((row) => JSON.parse(row.message) as TranscriptMessage);
  }

  async countCompactions(sessionId: string): Promise<number> {
    const row = await this.#store.get<{ total: number }>(
      "SELECT count(*) AS total FROM transcript WHERE session_id = ? AND role = 'compaction'",
      sessionId,
    );
    return row?.total ?? 0;
  }

  /** What earlier parts of the session came to, by its newest summary; undefined when there is none. */
  async summary(sessionId: string): Promise<TranscriptMessage | undefined> {
    const row = await this.#store.get<{ message: string }>(
      `SELECT message FROM transcript WHERE session_id = ? AND role = 'compaction' ORDER BY id DESC LIMIT 1`,
      sessionId,
    );
    return row && (JSON.parse(row.message) as TranscriptMessage);
  }
}

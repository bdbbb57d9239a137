import type { Clock, Ids, SqlExecutor, Store, TokenUsage, TranscriptMessage } from "../ports.ts";

const MAX_LISTED = 1_000;

/** Where replies of a session go when nothing else says so: the last chat that wrote in it. */
export interface Route {
  readonly channel: string;
  readonly account: string;
  readonly chatId: string;
  readonly threadId?: string;
}

export interface Session {
  readonly key: string;
  readonly agentId: string;
  readonly sessionId: string;
  readonly chatType: "direct" | "group" | "channel";
  readonly channel?: string;
  readonly title?: string;
  readonly label?: string;
  readonly route?: Route;
  readonly model?: string;
  readonly thinkingLevel?: string;
  readonly verboseLevel?: string;
  readonly lastProvider?: string;
  readonly lastModel?: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly abortedLastRun: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a message says about the session it belongs to; undefined leaves what is known. */
export interface SessionTouch {
  readonly key: string;
  readonly agentId: string;
  readonly chatType: Session["chatType"];
  readonly channel?: string | undefined;
  readonly title?: string | undefined;
  readonly route?: Route | undefined;
}

/** What a finished turn leaves on its session. */
export interface TurnTrace {
  readonly usage?: TokenUsage;
  readonly provider?: string;
  readonly model?: string;
  readonly aborted: boolean;
}

interface SessionRow {
  readonly key: string;
  readonly agent_id: string;
  readonly session_id: string;
  readonly chat_type: Session["chatType"];
  readonly channel: string | null;
  readonly title: string | null;
  readonly label: string | null;
  readonly route: string | null;
  readonly model: string | null;
  readonly thinking_level: string | null;
  readonly verbose_level: string | null;
  readonly last_provider: string | null;
  readonly last_model: string | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly aborted_last_run: number;
  readonly created_at: number;
  readonly updated_at: number;
}

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

  async get(key: string): Promise<Session | undefined> {
    const row = await this.#store.get<SessionRow>("SELECT * FROM sessions WHERE key = ?", key);
    return row ? toSession(row) : undefined;
  }

  async getById(sessionId: string): Promise<Session | undefined> {
    const row = await this.#store.get<SessionRow>("SELECT * FROM sessions WHERE session_id = ?", sessionId);
    return row ? toSession(row) : undefined;
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

  /** Finds or creates the session, and notes where it was last written from. */
  async touch(sql: SqlExecutor, touch: SessionTouch): Promise<Session> {
    const now = this.#clock.now();
    const row = await sql.get<SessionRow>(
      `INSERT INTO sessions (key, agent_id, session_id, chat_type, channel, title, route, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET
         channel = coalesce(excluded.channel, sessions.channel),
         title = coalesce(excluded.title, sessions.title),
         route = coalesce(excluded.route, sessions.route),
         updated_at = excluded.updated_at
       RETURNING *`,
      touch.key,
      touch.agentId,
      this.#ids.uuid(),
      touch.chatType,
      touch.channel ?? null,
      touch.title ?? null,
      touch.route ? JSON.stringify(touch.route) : null,
      now,
      now,
    );
    if (!row) throw new Error("The session upsert returned no row.");
    return toSession(row);
  }

  async recordTurn(sql: SqlExecutor, key: string, trace: TurnTrace): Promise<void> {
    await sql.run(
      `UPDATE sessions SET
         input_tokens = input_tokens + ?, output_tokens = output_tokens + ?, total_tokens = total_tokens + ?,
         last_provider = coalesce(?, last_provider), last_model = coalesce(?, last_model),
         aborted_last_run = ?, updated_at = ?
       WHERE key = ?`,
      trace.usage?.input ?? 0,
      trace.usage?.output ?? 0,
      trace.usage?.total ?? 0,
      trace.provider ?? null,
      trace.model ?? null,
      trace.aborted ? 1 : 0,
      this.#clock.now(),
      key,
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
}

function toSession(row: SessionRow): Session {
  return {
    key: row.key,
    agentId: row.agent_id,
    sessionId: row.session_id,
    chatType: row.chat_type,
    ...(row.channel === null ? {} : { channel: row.channel }),
    ...(row.title === null ? {} : { title: row.title }),
    ...(row.label === null ? {} : { label: row.label }),
    ...(row.route === null ? {} : { route: JSON.parse(row.route) as Route }),
    ...(row.model === null ? {} : { model: row.model }),
    ...(row.thinking_level === null ? {} : { thinkingLevel: row.thinking_level }),
    ...(row.verbose_level === null ? {} : { verboseLevel: row.verbose_level }),
    ...(row.last_provider === null ? {} : { lastProvider: row.last_provider }),
    ...(row.last_model === null ? {} : { lastModel: row.last_model }),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    totalTokens: row.total_tokens,
    abortedLastRun: row.aborted_last_run === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

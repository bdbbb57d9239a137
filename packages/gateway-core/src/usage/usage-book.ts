import type { Clock, Store } from "../ports.ts";

/** Turns are remembered for thirty days, and so is what they took. */
const REMEMBERED_DAYS = 30;
const MOST_POINTS = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface UsageTotals {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly totalTokens: number;
  /** US dollars. */
  readonly totalCost: number;
  /** Turns without a price. */
  readonly missingCostEntries: number;
}

export interface DailyUsage extends UsageTotals {
  /** YYYY-MM-DD in local time. */
  readonly date: string;
}

export interface SessionUsage extends UsageTotals {
  readonly key: string;
  readonly agentId: string;
  readonly turns: number;
  readonly firstActivity: number;
  readonly lastActivity: number;
  readonly durationMs: number;
}

export interface UsagePoint extends UsageTotals {
  readonly timestamp: number;
}

export interface UsageFilter {
  readonly key?: string | undefined;
  readonly agentId?: string | undefined;
  /** Local dates, both included. */
  readonly startDate: string;
  readonly endDate: string;
  readonly limit: number;
}

const SUMS = `
  coalesce(sum(json_extract(answer, '$.usage.input')), 0) AS input,
  coalesce(sum(json_extract(answer, '$.usage.output')), 0) AS output,
  coalesce(sum(json_extract(answer, '$.usage.cacheRead')), 0) AS cacheRead,
  coalesce(sum(json_extract(answer, '$.usage.cacheWrite')), 0) AS cacheWrite,
  coalesce(sum(json_extract(answer, '$.usage.total')), 0) AS totalTokens,
  coalesce(sum(json_extract(answer, '$.usage.cost.total')), 0) AS totalCost,
  count(*) - count(json_extract(answer, '$.usage.cost.total')) AS missingCostEntries`;
const DATE = "strftime('%Y-%m-%d', ended_at / 1000, 'unixepoch', 'localtime')";

/** What finished turns took, as the turns themselves recorded it. Turns that failed or were stopped are not in it. */
export class UsageBook {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The last so many days, today included; days without a turn are left out. Oldest first. */
  async daily(days: number): Promise<DailyUsage[]> {
    return this.#store.all<{ date: string } & UsageTotals>(
      `SELECT ${DATE} AS date, ${SUMS} FROM turns WHERE state = 'done' AND ${DATE} >= ? GROUP BY 1 ORDER BY 1`,
      this.dateBefore(days - 1),
    );
  }

  /** The sessions that turns ended in, the latest first. */
  async sessions({ key, agentId, startDate, endDate, limit }: UsageFilter): Promise<SessionUsage[]> {
    return this.#store.all<{ key: string } & SessionUsage>(
      `SELECT session_key AS key, agent_id AS agentId, count(*) AS turns, min(coalesce(started_at, ended_at)) AS firstActivity,
         max(ended_at) AS lastActivity, sum(ended_at - coalesce(started_at, ended_at)) AS durationMs, ${SUMS}
       FROM turns
       WHERE state = 'done' AND ${DATE} BETWEEN ? AND ? AND (? = '' OR session_key = ?) AND (? = '' OR agent_id = ?)
       GROUP BY session_key ORDER BY lastActivity DESC, key LIMIT ?`,
      startDate,
      endDate,
      key ?? "",
      key ?? "",
      agentId ?? "",
      agentId ?? "",
      limit,
    );
  }

  /** What the turns of a session took as far as they are remembered, and those of all sessions since a local date. */
  async total({ key = "", since }: { key?: string; since: string }): Promise<UsageTotals> {
    const row = await this.#store.get<{ input: number } & UsageTotals>(
      `SELECT ${SUMS} FROM turns WHERE state = 'done' AND ${DATE} >= ? AND (? = '' OR session_key = ?)`,
      since,
      key,
      key,
    );
    return row ?? sumUsage([]);
  }

  /** The newest turns of a session, oldest first. */
  async points(sessionKey: string): Promise<UsagePoint[]> {
    const rows = await this.#store.all<{ timestamp: number } & UsagePoint>(
      `SELECT ended_at AS timestamp, ${SUMS} FROM turns WHERE state = 'done' AND session_key = ?
       GROUP BY run_id ORDER BY ended_at DESC, run_id LIMIT ?`,
      sessionKey,
      MOST_POINTS,
    );
    return rows.toReversed();
  }

  /** The local date so many days ago, as far as anything is remembered. */
  dateBefore(days: number = REMEMBERED_DAYS): string {
    const at = new Date(this.#clock.now() - days * DAY_MS);
    const [year, month, day] = [at.getFullYear(), at.getMonth() + 1, at.getDate()];
    return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  }
}

export function sumUsage(parts: readonly UsageTotals[]): UsageTotals {
  const total = { ...EMPTY };
  for (const part of parts) {
    for (const name of Object.keys(EMPTY) as (keyof UsageTotals)[]) total[name] += part[name];
  }
  return total;
}

const EMPTY: { -readonly [K in keyof UsageTotals]: number } = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: 0,
  totalCost: 0,
  missingCostEntries: 0,
};

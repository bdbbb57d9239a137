import { setImmediate } from "node:timers/promises";

import type { Clock, Store, TokenUsage } from "../ports.ts";

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

const SELECT_TAKEN = `
  SELECT run_id AS "runId", session_key AS "sessionKey", agent_id AS "agentId", started_at AS "startedAt",
    ended_at AS "endedAt", json_extract(answer, '$.usage') AS usage
  FROM turns WHERE state = 'done'`;

/** Turns that are read in one piece of work; between two, everything else gets its turn. */
const READ_AT_ONCE = 500;
const NEVER = Number.MAX_SAFE_INTEGER;

interface TakenRow {
  readonly runId: string;
  readonly sessionKey: string;
  readonly agentId: string;
  readonly startedAt: number | null;
  readonly endedAt: number;
  /** JSON. */
  readonly usage: string | null;
}

/** What one turn took. */
interface Taken extends Omit<TakenRow, "usage"> {
  readonly totals: UsageTotals;
}

/** When turns ended, in epoch milliseconds, from and until; of one session, where it is named. */
interface Span {
  readonly from: number;
  readonly until: number;
  readonly sessionKey?: string | undefined;
}

/**
 * What finished turns took, as the turns themselves recorded it. Turns that failed or were stopped are not in it. A
 * month of turns is read in small pieces, so that nothing else waits for it.
 */
export class UsageBook {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The last so many days, today included; days without a turn are left out. Oldest first. */
  async daily(days: number): Promise<DailyUsage[]> {
    const byDate = new Map<string, UsageTotals>();
    for await (const some of this.#taken({ from: dayOf(this.dateBefore(days - 1)), until: NEVER })) {
      for (const [date, group] of Map.groupBy(some, ({ endedAt }) => dateOf(endedAt))) {
        byDate.set(date, sumUsage([byDate.get(date) ?? EMPTY, ...group.map(({ totals }) => totals)]));
      }
    }
    return [...byDate].map(([date, totals]) => ({ date, ...totals }));
  }

  /** The sessions that turns ended in, the latest first. */
  async sessions({ key, agentId, startDate, endDate, limit }: UsageFilter): Promise<SessionUsage[]> {
    const bySession = new Map<string, SessionUsage>();
    const span = { from: dayOf(startDate), until: dayOf(endDate, 1), sessionKey: key };
    for await (const some of this.#taken(span)) {
      for (const taken of some) {
        if (agentId !== undefined && taken.agentId !== agentId) continue;
        bySession.set(taken.sessionKey, withTurn(bySession.get(taken.sessionKey), taken));
      }
    }
    const byTime = (a: SessionUsage, b: SessionUsage) => b.lastActivity - a.lastActivity || (a.key < b.key ? -1 : 1);
    return [...bySession.values()].sort(byTime).slice(0, limit);
  }

  /** What the turns of a session took as far as they are remembered, and those of all sessions since a local date. */
  async total({ key, since }: { key?: string; since: string }): Promise<UsageTotals> {
    let total: UsageTotals = EMPTY;
    for await (const some of this.#taken({ from: dayOf(since), until: NEVER, sessionKey: key })) {
      total = sumUsage([total, ...some.map(({ totals }) => totals)]);
    }
    return total;
  }

  /** The newest turns of a session, oldest first. */
  async points(sessionKey: string): Promise<UsagePoint[]> {
    const rows = await this.#store.all<TakenRow>(
      `${SELECT_TAKEN} AND session_key = ? ORDER BY ended_at DESC, run_id DESC LIMIT ?`,
      sessionKey,
      MOST_POINTS,
    );
    return rows
      .toReversed()
      .map(toTaken)
      .map(({ endedAt, totals }) => ({ timestamp: endedAt, ...totals }));
  }

  /** The turns that ended in a span of time, in the order in which they did. */
  async *#taken({ from, until, sessionKey }: Span): AsyncGenerator<Taken[]> {
    let after = { endedAt: from, runId: "" };
    while (true) {
      const rows = await this.#store.all<TakenRow>(
        `${SELECT_TAKEN} AND (ended_at, run_id) > (?, ?) AND ended_at < ? ${sessionKey === undefined ? "" : "AND session_key = ?"}
         ORDER BY ended_at, run_id LIMIT ?`,
        after.endedAt,
        after.runId,
        until,
        ...(sessionKey === undefined ? [] : [sessionKey]),
        READ_AT_ONCE,
      );
      yield rows.map(toTaken);
      const last = rows.at(-1);
      if (!last || rows.length < READ_AT_ONCE) return;
      after = last;
      await setImmediate();
    }
  }

  /** The local date so many days ago, as far as anything is remembered. */
  dateBefore(days: number = REMEMBERED_DAYS): string {
    return dateOf(this.#clock.now() - days * DAY_MS);
  }
}

/** YYYY-MM-DD in local time. */
function dateOf(instant: number): string {
  const at = new Date(instant);
  const [year, month, day] = [at.getFullYear(), at.getMonth() + 1, at.getDate()];
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** When a local date begins, or the one so many days after it. */
function dayOf(date: string, daysAfter = 0): number {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day + daysAfter).getTime();
}

function toTaken({ usage: text, ...row }: TakenRow): Taken {
  const usage = text === null ? {} : (JSON.parse(text) as Partial<TokenUsage>);
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0, total = 0, cost } = usage;
  const price = { totalCost: cost?.total ?? 0, missingCostEntries: cost?.total === undefined ? 1 : 0 };
  return { ...row, totals: { input, output, cacheRead, cacheWrite, totalTokens: total, ...price } };
}

function withTurn(before: SessionUsage | undefined, { sessionKey, agentId, startedAt, endedAt, totals }: Taken) {
  const began = startedAt ?? endedAt;
  return {
    key: sessionKey,
    agentId,
    turns: (before?.turns ?? 0) + 1,
    firstActivity: Math.min(before?.firstActivity ?? began, began),
    lastActivity: Math.max(before?.lastActivity ?? endedAt, endedAt),
    durationMs: (before?.durationMs ?? 0) + endedAt - began,
    ...sumUsage([before ?? EMPTY, totals]),
  };
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

import { ManualClock } from "@openclaw/testkit/clock";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { SqliteStore } from "../../src/store/sqlite.ts";
import { UsageBook } from "../../src/usage/usage-book.ts";

const TURNS = 1_201;
const AT_ONCE = 500;

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

/** Many turns that ended in the same millisecond of yesterday, in two sessions, and one today without a price. */
async function openBook() {
  const store = SqliteStore.open(`${directory.path}/gateway.sqlite`);
  const clock = new ManualClock(new Date(2026, 5, 15, 12).getTime());
  const yesterday = new Date(2026, 5, 14, 12).getTime();
  await store.transaction(async (sql) => {
    for (let n = 0; n < TURNS; n += 1) {
      const isLast = n === TURNS - 1;
      const usage = {
        input: 1,
        output: 2,
        cacheRead: 0,
        cacheWrite: 0,
        total: 3,
        ...(isLast ? {} : { cost: { total: 0.5 } }),
      };
      const endedAt = isLast ? clock.now() : yesterday;
      await sql.run(
        `INSERT INTO turns (run_id, position, session_key, agent_id, source, request, state, answer, accepted_at,
           started_at, ended_at) VALUES (?, ?, ?, 'main', 'chat', '{}', 'done', ?, ?, ?, ?)`,
        `run-${n}`,
        n,
        `agent:main:${n % 2}`,
        JSON.stringify({ usage }),
        endedAt - 10,
        endedAt - 10,
        endedAt,
      );
    }
  });
  return { store, book: new UsageBook(store, clock) };
}

describe("what turns took", () => {
  it("is added up in small pieces, and every turn counts once", async () => {
    const { store, book } = await openBook();
    await using _store = store;
    using reads = vi.spyOn(store, "all");
    const daily = await book.daily(30);
    const sessions = await book.sessions({ startDate: "2026-06-14", endDate: "2026-06-15", limit: 10 });
    const total = await book.total({ since: "2026-06-14" });
    const pieces = (await Promise.all(reads.mock.results.map(({ value }) => value as Promise<unknown[]>))).map(
      ({ length }) => length,
    );
    expect(Math.max(...pieces)).toBe(AT_ONCE);
    const taken = (turns: number, missingCostEntries = 0) => ({
      input: turns,
      output: 2 * turns,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 3 * turns,
      totalCost: (turns - missingCostEntries) / 2,
      missingCostEntries,
    });
    expect(daily).toEqual([
      { date: "2026-06-14", ...taken(TURNS - 1) },
      { date: "2026-06-15", ...taken(1, 1) },
    ]);
    expect(sessions).toMatchObject([
      { key: "agent:main:0", turns: 601, durationMs: 6_010, ...taken(601, 1) },
      { key: "agent:main:1", turns: 600, durationMs: 6_000, ...taken(600) },
    ]);
    expect(total).toEqual(taken(TURNS, 1));
    expect(await book.total({ key: "agent:main:1", since: "2026-06-15" })).toEqual(taken(0));
  });

  it("counts local days, both ends of a span included", async () => {
    const { store, book } = await openBook();
    await using _store = store;
    const span = (startDate: string, endDate: string) => book.sessions({ startDate, endDate, limit: 10 });
    expect((await span("2026-06-15", "2026-06-15")).map(({ turns }) => turns)).toEqual([1]);
    expect((await span("2026-06-13", "2026-06-13")).map(({ turns }) => turns)).toEqual([]);
    expect((await span("2026-06-14", "2026-06-14")).map(({ turns }) => turns)).toEqual([600, 600]);
  });
});

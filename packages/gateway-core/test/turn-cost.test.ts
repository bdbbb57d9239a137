import { DatabaseSync, type StatementSync } from "node:sqlite";

import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { openWalk } from "./support/walk.ts";

const FEW = 4;
const MANY = 48;
/** Indexes of what is open alone: reading them whole is reading what waits. */
const OPEN_ONLY = /USING (COVERING )?INDEX (turns_waiting|turns_lane|turns_of_session)\b/u;

let directory: TempDirectory;
let databaseFile: string;
beforeEach(async () => {
  directory = await createTempDirectory();
  databaseFile = `${directory.path}/gateway.sqlite`;
});
afterEach(() => directory[Symbol.asyncDispose]());

type Bound<Parameters extends unknown[], Result> = (this: DatabaseSync, ...parameters: Parameters) => Result;

/** Counts what the store asks of SQLite, and keeps each text of a query. */
function watchQueries() {
  const queries = new Set<string>();
  const counts = { queries: 0, commits: 0 };
  const prepare: Bound<[string], StatementSync> = Reflect.get(DatabaseSync.prototype, "prepare");
  const exec: Bound<[string], void> = Reflect.get(DatabaseSync.prototype, "exec");
  const prepared = vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (this: DatabaseSync, sql) {
    const statement = prepare.call(this, sql);
    for (const use of ["all", "get", "run"] as const) {
      const original = statement[use].bind(statement) as StatementSync["all"];
      Object.defineProperty(statement, use, {
        value: (...parameters: Parameters<StatementSync["all"]>) => {
          counts.queries += 1;
          queries.add(sql);
          return original(...parameters);
        },
      });
    }
    return statement;
  });
  const executed = vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql) {
    if (sql === "COMMIT") counts.commits += 1;
    exec.call(this, sql);
  });
  return {
    counts,
    queries,
    reset() {
      queries.clear();
      Object.assign(counts, { queries: 0, commits: 0 });
    },
    [Symbol.dispose]() {
      prepared.mockRestore();
      executed.mockRestore();
    },
  };
}

describe("what a turn asks of the database", () => {
  it("does not grow with the sessions that have one at the same time, and commits are shared among them", async () => {
    using watch = watchQueries();
    await using walk = await openWalk({ databaseFile, maxConcurrent: 64 });
    const costOf = async (sessions: number, round: string) => {
      const before = walk.platform.sent.length;
      watch.reset();
      for (let n = 0; n < sessions; n += 1) walk.platform.say({ chatId: `${round}-${n}`, text: "hello" });
      await eventually("all answers", () => walk.platform.sent.length === before + sessions);
      await eventually("all receipts", async () => (await walk.outbox.countByState()).sent === before + sessions);
      return { queries: watch.counts.queries / sessions, commits: watch.counts.commits / sessions };
    };
    await costOf(1, "first");
    const few = await costOf(FEW, "few");
    const many = await costOf(MANY, "many");
    expect(many.queries).toBeLessThanOrEqual(few.queries);
    // Six things are written down on the way, each of them on disk before the next is done.
    expect(many.commits).toBeLessThan(1);
  });

  it("is found by an index, however many turns there were", async () => {
    using watch = watchQueries();
    await using walk = await openWalk({ databaseFile, queue: { mode: "collect" } });
    watch.reset();
    for (let n = 0; n < 5; n += 1) walk.platform.say({ chatId: "ada", text: "hello" });
    await walk.platform.waitForSent();
    const receipts = async () => (await walk.outbox.countByState()).sent > 0;
    await eventually("the queue to be empty", async () => (await walk.turnQueue.countOpen()).queued === 0);
    const asked = [...watch.queries];
    await eventually("a receipt", receipts);
    using database = new DatabaseSync(databaseFile, { readOnly: true });
    const scans = asked.flatMap((sql) => {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
      return plan
        .filter(({ detail }) => /^SCAN \w/u.test(detail) && !OPEN_ONLY.test(detail))
        .map(({ detail }) => ({ detail, sql }));
    });
    expect(asked.some((sql) => sql.includes("UPDATE turns SET state = 'running'"))).toBe(true);
    expect(scans).toEqual([]);
  });
});

import { ManualClock } from "@openclaw/testkit/clock";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import * as fc from "fast-check";
import { expect, it } from "vitest";

import { systemIds } from "../../src/host/system.ts";
import { SessionStore } from "../../src/sessions/session-store.ts";
import { SqliteStore } from "../../src/store/sqlite.ts";

const MINUTE = 60_000;

type Step = { readonly minutes: number; readonly who: "person" | "schedule" | "reset" };

const step: fc.Arbitrary<Step> = fc.record({
  minutes: fc.integer({ min: 0, max: 900 }),
  who: fc.constantFrom("person", "person", "schedule", "reset"),
});

/** What a session's life comes to, told without a database: how many there were, and what the present one counts. */
function model(
  steps: readonly Step[],
  { atHour, idleMinutes }: { atHour: number; idleMinutes: number },
  start: number,
) {
  let now = start;
  let lastWord = start;
  let lives = 1;
  let tokens = 0;
  for (const { minutes, who } of steps) {
    for (let minute = 0; minute < minutes; minute += 1) now += MINUTE;
    const hoursPassed = countHour(atHour, lastWord, now);
    const isOver = now - lastWord > idleMinutes * MINUTE || hoursPassed > 0;
    if (who === "reset" || (who === "person" && isOver)) {
      lives += 1;
      tokens = 0;
    }
    if (who !== "schedule") lastWord = now;
    tokens += 1;
  }
  return { lives, tokens };
}

function countHour(atHour: number, after: number, until: number): number {
  let found = 0;
  for (let at = Math.ceil((after + 1) / MINUTE) * MINUTE; at <= until; at += MINUTE) {
    const shown = new Date(at);
    if (shown.getHours() === atHour && shown.getMinutes() === 0) found += 1;
  }
  return found;
}

it("gives a session as many lives as its rules and its people say, each with its own counts", async () => {
  await using directory = await createTempDirectory();
  await using store = SqliteStore.open(`${directory.path}/gateway.sqlite`);
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 1, max: 1_500 }),
      async (steps, atHour, idleMinutes) => {
        const start = new Date(2026, 5, 10, 12).getTime();
        const clock = new ManualClock(start);
        const sessions = new SessionStore(store, clock, systemIds);
        const key = `agent:main:run-${(runs += 1)}`;
        const rule = { atHour, idleMs: idleMinutes * MINUTE };
        const touch = { key, agentId: "main", chatType: "direct" } as const;
        const usage = { input: 0, output: 1, cacheRead: 0, cacheWrite: 0, total: 1 };
        await store.transaction((sql) => sessions.touch(sql, { ...touch, resetRule: rule }));
        for (const { minutes, who } of steps) {
          await clock.advance(minutes * MINUTE);
          await store.transaction(async (sql) => {
            if (who === "reset") await sessions.reset(sql, key);
            const session = await sessions.touch(sql, who === "person" ? { ...touch, resetRule: rule } : touch);
            await sessions.recordTurn(sql, session.sessionId, { usage, aborted: false });
          });
        }
        const expected = model(steps, { atHour, idleMinutes }, start);
        expect(await sessions.get(key)).toMatchObject({ totalTokens: expected.tokens });
        expect((await sessions.pastIds(key)).length + 1).toBe(expected.lives);
      },
    ),
    { numRuns: 60 },
  );
});

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { WallClock } from "../support/wall-clock.ts";
import { HOUR, jobOf, MINUTE, openCron, type RoomOptions } from "./cron-room.ts";

const START = Date.UTC(2026, 0, 5, 12);
const DAILY = { kind: "cron", expr: "0 13 * * *", tz: "UTC" } as const;

let directory: TempDirectory;
let clock: WallClock;

beforeEach(async () => {
  directory = await createTempDirectory();
  clock = new WallClock(START);
});
afterEach(() => directory[Symbol.asyncDispose]());

async function start(options: Partial<RoomOptions> = {}) {
  const room = await openCron({ databaseFile: `${directory.path}/gateway.sqlite`, clock, ...options });
  await room.cron.start();
  return room;
}

const outcomes = (slots: Awaited<ReturnType<Awaited<ReturnType<typeof start>>["slots"]>>) =>
  slots.map(({ scheduledAt, state, count }) => [(scheduledAt - START) / MINUTE, state, count]);

describe("a clock that is set", () => {
  it("back by an hour runs no slot twice", async () => {
    await using room = await start();
    const job = await room.cron.add(jobOf({ kind: "every", everyMs: 20 * MINUTE, anchorMs: START }), true);
    for (let step = 0; step < 3; step += 1) {
      await clock.advance(20 * MINUTE);
      await room.settle();
    }
    clock.jump(-HOUR);
    await room.settle();
    for (let step = 0; step < 4; step += 1) {
      await clock.advance(20 * MINUTE);
      await room.settle();
    }
    const slots = await room.slots(job.id);
    expect(outcomes(slots)).toEqual([
      [20, "done", 1],
      [40, "done", 1],
      [60, "done", 1],
      [80, "done", 1],
    ]);
    for (const { runId } of slots) expect(await room.effectsOf(runId)).toBe(1);
  });

  it("forward by a year and back again leaves the job where it was", async () => {
    await using room = await start();
    const job = await room.cron.add(jobOf({ kind: "every", everyMs: HOUR, anchorMs: START }, { missed: "skip" }), true);
    clock.jump(365 * 24 * HOUR + 30 * MINUTE);
    await room.settle();
    expect((await room.slots(job.id)).map(({ state, count }) => [state, count])).toEqual([
      ["missed", 365 * 24 - 1],
      ["missed", 1],
    ]);
    clock.jump(-365 * 24 * HOUR);
    await room.settle();
    expect(await room.cron.get(job.id)).toMatchObject({ nextAt: START + HOUR });
    await clock.advance(30 * MINUTE);
    await room.settle();
    expect(outcomes(await room.slots(job.id))).toEqual([[60, "done", 1]]);
  });
});

describe("time zones", () => {
  const seen = async (expr: string, from: string, hours: number) => {
    clock.jump(Date.parse(from) - clock.now());
    await using room = await start();
    const job = await room.cron.add(jobOf({ kind: "cron", expr, tz: "Europe/Berlin" }), true);
    for (let passed = 0; passed < hours * 6; passed += 1) {
      await clock.advance(10 * MINUTE);
      await room.settle();
    }
    return (await room.slots(job.id)).map(
      ({ scheduledAt, state }) => `${new Date(scheduledAt).toISOString().slice(0, 16)} ${state}`,
    );
  };

  it("a fixed time that daylight saving skips runs when the hour is over, one that it repeats runs once", async () => {
    expect(await seen("30 2 * * *", "2026-03-28T12:00:00Z", 18)).toEqual(["2026-03-29T01:00 done"]);
    expect(await seen("30 2 * * *", "2026-10-24T12:00:00Z", 18)).toEqual(["2026-10-25T00:30 done"]);
  });

  it("an hourly pattern runs every hour that passes, whatever the clock on the wall shows", async () => {
    expect(await seen("30 * * * *", "2026-10-24T23:00:00Z", 4)).toEqual([
      "2026-10-24T23:30 done",
      "2026-10-25T00:30 done",
      "2026-10-25T01:30 done",
      "2026-10-25T02:30 done",
    ]);
  });
});

it("old slots go after 30 days, the newest 5,000 of a job stay until then, open ones always", async () => {
  await using room = await start({ enabled: false });
  const job = await room.cron.add(jobOf(DAILY), true);
  await room.store.transaction(async (sql) => {
    for (let index = 0; index < 5_600; index += 1) {
      await sql.run(
        `INSERT INTO cron_slots (job_id, kind, origin, scheduled_at, state, run_id, created_at)
         VALUES (?, 'job', 'schedule', ?, ?, ?, ?)`,
        job.id,
        index,
        index === 0 ? "due" : "done",
        `r${index}`,
        START,
      );
    }
  });
  let deleted = 0;
  for (let batch = await room.cron.prune(); batch > 0; batch = await room.cron.prune()) deleted += batch;
  expect(deleted).toBe(599);
  clock.jump(31 * 24 * HOUR);
  while ((await room.cron.prune()) > 0);
  expect(await room.store.all("SELECT state FROM cron_slots WHERE run_id LIKE 'r%'")).toEqual([{ state: "due" }]);
});

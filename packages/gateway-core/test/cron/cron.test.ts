import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { WallClock } from "../support/wall-clock.ts";
import { HOUR, jobOf, MINUTE, newEffects, openCron, type RoomOptions } from "./cron-room.ts";

const containing = (text: string): unknown => expect.stringContaining(text);

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

describe("slots", () => {
  it("come by the clock, run once each, and say so", async () => {
    await using room = await start();
    const job = await room.cron.add(jobOf({ kind: "every", everyMs: 5 * MINUTE, anchorMs: START }), true);
    expect(job.nextAt).toBe(START + 5 * MINUTE);
    await clock.advance(11 * MINUTE);
    await room.settle();
    const slots = await room.slots(job.id);
    expect(outcomes(slots)).toEqual([
      [5, "done", 1],
      [10, "done", 1],
    ]);
    for (const { runId } of slots) expect(await room.effectsOf(runId)).toBe(1);
    expect(room.changes.map(({ action }) => action)).toEqual(["added", "started", "finished", "started", "finished"]);
    expect(await room.cron.get(job.id)).toMatchObject({ nextAt: START + 15 * MINUTE, state: { lastStatus: "ok" } });
  });

  it("F1 reading never moves a schedule: a slot that passed unseen is still due after any number of looks", async () => {
    await using room = await start();
    const job = await room.cron.add(jobOf(DAILY), true);
    clock.jump(HOUR + MINUTE);
    for (let look = 0; look < 5; look += 1) {
      expect((await room.cron.list())[0]?.nextAt).toBe(START + HOUR);
      await room.cron.nextAt();
      await room.cron.history({ limit: 10 });
    }
    await room.settle();
    expect(outcomes(await room.slots(job.id))).toEqual([[60, "done", 1]]);
  });

  it("F1 a daily job whose time fell into a restart of 13 seconds runs after it", async () => {
    const first = await start();
    const job = await first.cron.add(jobOf(DAILY), true);
    await clock.advance(HOUR - 5_000);
    await first[Symbol.asyncDispose]();
    await clock.advance(13_000);
    await using second = await start();
    await second.settle();
    expect(outcomes(await second.slots(job.id))).toEqual([[60, "done", 1]]);
    expect(await second.effectsOf(`cron:${job.id}:${START + HOUR}`)).toBe(1);
  });

  it("F2 a slot that is stale by the default window of ten minutes is missed, with the reason, and does not run", async () => {
    const first = await start();
    const job = await first.cron.add(jobOf(DAILY), true);
    await first[Symbol.asyncDispose]();
    await clock.advance(HOUR + 11 * HOUR);
    await using second = await start();
    await second.settle();
    const [slot] = await second.slots(job.id);
    expect(slot).toMatchObject({
      state: "missed",
      reason: "the gateway was not there at its time",
      scheduledAt: START + HOUR,
    });
    expect(second.effects.runs).toEqual([]);
    expect(await second.cron.get(job.id)).toMatchObject({ nextAt: START + 25 * HOUR });
  });

  it.each([
    { missed: "skip" as const, late: 2 * MINUTE, state: "missed" },
    { missed: "run" as const, late: 20 * 24 * HOUR, state: "done" },
    { missed: { withinMs: 3 * HOUR }, late: 2 * HOUR, state: "done" },
    { missed: { withinMs: 3 * HOUR }, late: 4 * HOUR, state: "missed" },
  ])("F2 the policy $missed makes a slot that is $late ms late $state", async ({ missed, late, state }) => {
    const first = await start();
    const job = await first.cron.add(jobOf({ kind: "at", atMs: START + HOUR }, { missed }), true);
    await first[Symbol.asyncDispose]();
    await clock.advance(HOUR + late);
    await using second = await start();
    await second.settle();
    expect(outcomes(await second.slots(job.id))).toEqual([[60, state, 1]]);
    expect(await second.cron.get(job.id)).toMatchObject({ enabled: false, nextAt: undefined });
  });

  it("of several that passed only the newest runs; each of the others is missed", async () => {
    const first = await start();
    const job = await first.cron.add(jobOf({ kind: "every", everyMs: MINUTE, anchorMs: START }), true);
    await first[Symbol.asyncDispose]();
    await clock.advance(5 * MINUTE);
    await using second = await start();
    await second.settle();
    expect(outcomes(await second.slots(job.id))).toEqual([
      [1, "missed", 1],
      [2, "missed", 1],
      [3, "missed", 1],
      [4, "missed", 1],
      [5, "done", 1],
    ]);
  });

  it("more than 1,000 missed slots are one row with their count", async () => {
    const first = await start();
    const every = await first.cron.add(jobOf({ kind: "every", everyMs: 1_000, anchorMs: START }), true);
    const expression = await first.cron.add(jobOf({ kind: "cron", expr: "* * * * *", tz: "UTC" }), true);
    await first[Symbol.asyncDispose]();
    await clock.advance(24 * HOUR);
    await using second = await start();
    await second.settle();
    const [missed, newest] = await second.slots(every.id);
    expect(missed).toMatchObject({
      state: "missed",
      count: 24 * 3_600 - 1,
      scheduledAt: START + 1_000,
      untilAt: START + 24 * HOUR - 1_000,
    });
    expect(newest).toMatchObject({ state: "done", scheduledAt: START + 24 * HOUR });
    expect((await second.slots(expression.id)).map(({ state, count }) => [state, count])).toEqual([
      ["missed", 1_439],
      ["done", 1],
    ]);
  });

  it("a slot whose job still runs is skipped", async () => {
    const effects = newEffects();
    effects.mode = "hang";
    const room = await start({ effects });
    const job = await room.cron.add(jobOf({ kind: "every", everyMs: MINUTE, anchorMs: START }), true);
    await clock.advance(3 * MINUTE);
    await room.cron.check();
    expect((await room.slots(job.id)).map(({ state, reason }) => [state, reason])).toEqual([
      ["skipped", "the run before it had not ended"],
      ["skipped", "the run before it had not ended"],
    ]);
    expect(effects.runs).toHaveLength(1);
    await room[Symbol.asyncDispose]();
  });

  it("no more run at once than cron.maxConcurrentRuns says; the others wait as due", async () => {
    const effects = newEffects();
    effects.mode = "hang";
    const room = await start({ effects, maxConcurrentRuns: 2 });
    for (let index = 0; index < 4; index += 1) await room.cron.add(jobOf({ kind: "at", atMs: START + MINUTE }), true);
    await clock.advance(2 * MINUTE);
    await room.cron.check();
    expect(room.cron.running).toBe(2);
    expect(await room.open()).toBe(4);
    await room[Symbol.asyncDispose]();
    effects.mode = "ok";
    await using again = await start({ effects, maxConcurrentRuns: 2 });
    await again.settle();
    expect((await again.slots()).map(({ state }) => state)).toEqual(["done", "done", "done", "done"]);
  });
});

describe("a process that died", () => {
  it("goes on with a slot that had begun, however late, by the same run id", async () => {
    const effects = newEffects();
    effects.mode = "hang";
    const first = await start({ effects });
    const job = await first.cron.add(jobOf({ kind: "at", atMs: START + MINUTE }), true);
    await clock.advance(2 * MINUTE);
    await first.cron.check();
    await first[Symbol.asyncDispose]();
    await clock.advance(6 * HOUR);
    effects.mode = "ok";
    await using second = await start({ effects });
    await second.settle();
    const runId = `cron:${job.id}:${START + MINUTE}`;
    expect(effects.runs).toEqual([runId, runId]);
    expect(await second.effectsOf(runId)).toBe(1);
    expect((await second.slots(job.id))[0]).toMatchObject({ state: "done", attempts: 2 });
  });

  it("F2 does not begin a claimed slot again that left nothing and is stale by now", async () => {
    const effects = newEffects();
    effects.mode = "hang-before";
    const first = await start({ effects });
    const job = await first.cron.add(jobOf({ kind: "at", atMs: START + MINUTE }), true);
    await clock.advance(2 * MINUTE);
    await first.cron.check();
    await first[Symbol.asyncDispose]();
    await clock.advance(6 * HOUR);
    effects.mode = "ok";
    await using second = await start({ effects });
    await second.settle();
    expect((await second.slots(job.id))[0]).toMatchObject({
      state: "missed",
      reason: "the gateway stopped just as it began",
    });
    expect(effects.runs).toHaveLength(1);
  });

  it("gives a slot up that was begun three times", async () => {
    const effects = newEffects();
    effects.mode = "hang";
    let jobId = "";
    for (let life = 0; life < 4; life += 1) {
      const room = await start({ effects });
      if (life === 0) jobId = (await room.cron.add(jobOf({ kind: "at", atMs: START + MINUTE }), true)).id;
      await clock.advance(MINUTE);
      await room.cron.check();
      await room[Symbol.asyncDispose]();
    }
    await using room = await start({ effects });
    await room.settle();
    expect((await room.slots(jobId))[0]).toMatchObject({
      state: "failed",
      reason: "it was begun 3 times and the gateway stopped each time",
    });
    expect(effects.runs).toHaveLength(3);
  });
});

describe("jobs", () => {
  it("that run once are switched off after it, or removed with deleteAfterRun; the record stays", async () => {
    await using room = await start();
    const kept = await room.cron.add(jobOf({ kind: "at", atMs: START + MINUTE }), true);
    const removed = await room.cron.add(jobOf({ kind: "at", atMs: START + MINUTE }, { deleteAfterRun: true }), true);
    await clock.advance(2 * MINUTE);
    await room.settle();
    expect(await room.cron.get(kept.id)).toMatchObject({ enabled: false, nextAt: undefined });
    expect(await room.cron.get(removed.id)).toBeUndefined();
    expect(outcomes(await room.slots(removed.id))).toEqual([[1, "done", 1]]);
  });

  it("that failed are kept, with the error and how often in a row", async () => {
    const effects = newEffects();
    effects.mode = "fail";
    await using room = await start({ effects });
    const job = await room.cron.add(jobOf({ kind: "at", atMs: START + MINUTE }, { deleteAfterRun: true }), true);
    await clock.advance(2 * MINUTE);
    await room.settle();
    expect(await room.cron.get(job.id)).toMatchObject({
      enabled: false,
      state: { lastStatus: "error", lastError: "it was told to fail", consecutiveErrors: 1 },
    });
  });

  it("keep their place when something else about them changes, and get a new one with a new schedule", async () => {
    await using room = await start();
    const schedule = { kind: "every", everyMs: 10 * MINUTE, anchorMs: START } as const;
    const job = await room.cron.add(jobOf(schedule), true);
    await clock.advance(4 * MINUTE);
    const renamed = await room.cron.update(job.id, ({ definition }) => ({
      definition: { ...definition, name: "other" },
    }));
    expect(renamed?.nextAt).toBe(START + 10 * MINUTE);
    const moved = await room.cron.update(job.id, ({ definition }) => ({
      definition: { ...definition, schedule: { ...schedule, anchorMs: clock.now() } },
    }));
    expect(moved?.nextAt).toBe(START + 14 * MINUTE);
    expect(await room.cron.update("nobody", () => ({ enabled: false }))).toBeUndefined();
  });

  it("that are switched off have no slots; what was due and not begun is skipped with the reason", async () => {
    const effects = newEffects();
    effects.mode = "hang";
    const room = await start({ effects });
    const busy = await room.cron.add(jobOf({ kind: "at", atMs: START + MINUTE }), true);
    const waiting = await room.cron.add(jobOf({ kind: "every", everyMs: 2 * MINUTE, anchorMs: START }), true);
    await clock.advance(3 * MINUTE);
    await room.cron.check();
    await room.cron.update(waiting.id, () => ({ enabled: false }));
    await clock.advance(30 * MINUTE);
    await room.cron.check();
    expect((await room.slots(waiting.id)).map(({ state, reason }) => [state, reason])).toEqual([
      ["skipped", "the job was switched off"],
    ]);
    await room.cron.remove(busy.id);
    expect(await room.cron.remove(busy.id)).toBe(false);
    await room[Symbol.asyncDispose]();
  });

  it("run when asked, switched off or not, and report under the id they were given", async () => {
    await using room = await start();
    const job = await room.cron.add(jobOf(DAILY), false);
    const runId = await room.cron.runNow(job.id);
    expect(await room.cron.waitFor(runId, AbortSignal.timeout(5_000))).toBe(true);
    expect((await room.slots(job.id))[0]).toMatchObject({ origin: "manual", state: "done", runId });
    await expect(room.cron.runNow("nobody")).rejects.toThrow("unknown cron job id: nobody");
  });

  it("refuses what can never come, and names what is wrong", async () => {
    await using room = await start();
    const add = (expr: string, tz?: string) =>
      room.cron.add(jobOf({ kind: "cron", expr, ...(tz === undefined ? {} : { tz }) }), true);
    await expect(add("nonsense")).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: containing("CronPattern: "),
    });
    await expect(add("0 0 31 2 *")).rejects.toThrow("the schedule never comes");
    await expect(add("0 7 * * *", "Mars/Olympus")).rejects.toThrow(
      '"Mars/Olympus" is no time zone; expected an IANA name such as Europe/Berlin.',
    );
    expect(await room.cron.list()).toEqual([]);
  });

  it("stand still while cron is switched off, and are accounted for when it is on again", async () => {
    const first = await start({ enabled: false });
    const job = await first.cron.add(jobOf({ kind: "every", everyMs: HOUR, anchorMs: START }), true);
    await clock.advance(2 * HOUR + 30 * MINUTE);
    await first.settle();
    expect(await first.slots()).toEqual([]);
    await first[Symbol.asyncDispose]();
    await using second = await start();
    await second.settle();
    expect(outcomes(await second.slots(job.id))).toEqual([
      [60, "missed", 1],
      [120, "missed", 1],
    ]);
  });
});

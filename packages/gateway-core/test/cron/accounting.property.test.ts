import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { expect, it } from "vitest";

import type { Schedule, Slot } from "../../src/cron/job.ts";
import { planSchedule } from "../../src/cron/schedule.ts";
import { PROPERTY_TIMEOUT_MS, propertyBounds } from "../support/property-bounds.ts";
import { WallClock } from "../support/wall-clock.ts";
import { HOUR, jobOf, MINUTE, newEffects, openCron } from "./cron-room.ts";

const START = Date.UTC(2026, 2, 28, 20);

type Action =
  | { readonly kind: "add"; readonly schedule: number; readonly missed: number }
  | { readonly kind: "remove" | "enable" | "disable" | "run" | "look"; readonly job: number }
  | { readonly kind: "pass" | "jump"; readonly milliseconds: number }
  | { readonly kind: "mode"; readonly mode: "ok" | "fail" | "hang" | "hang-before" }
  | { readonly kind: "restart"; readonly awayMs: number };

const SCHEDULES: readonly ((now: number) => Schedule)[] = [
  (now) => ({ kind: "every", everyMs: 7 * MINUTE, anchorMs: now }),
  (now) => ({ kind: "every", everyMs: 30_000, anchorMs: now - 10_000 }),
  () => ({ kind: "cron", expr: "*/15 * * * *", tz: "Europe/Berlin" }),
  () => ({ kind: "cron", expr: "30 2 * * *", tz: "Europe/Berlin" }),
  (now) => ({ kind: "at", atMs: now + 20 * MINUTE }),
  (now) => ({ kind: "at", atMs: now - MINUTE }),
];
const POLICIES = ["skip", "run", { withinMs: 10 * MINUTE }, { withinMs: 0 }] as const;

const job = fc.nat(4);
const common: fc.Arbitrary<Action>[] = [
  fc.record({
    kind: fc.constant("add" as const),
    schedule: fc.nat(SCHEDULES.length - 1),
    missed: fc.nat(POLICIES.length - 1),
  }),
  fc.record({ kind: fc.constantFrom("run" as const, "look" as const), job }),
  fc.record({ kind: fc.constant("pass" as const), milliseconds: fc.integer({ min: 1_000, max: 3 * HOUR }) }),
  fc.record({ kind: fc.constant("mode" as const), mode: fc.constantFrom("ok", "ok", "fail", "hang", "hang-before") }),
  fc.record({ kind: fc.constant("restart" as const), awayMs: fc.integer({ min: 0, max: 26 * HOUR }) }),
];
const switching = fc.record({ kind: fc.constantFrom("remove" as const, "enable" as const, "disable" as const), job });
const jumping = fc.record({
  kind: fc.constant("jump" as const),
  milliseconds: fc.integer({ min: -30 * HOUR, max: 30 * HOUR }),
});

/** What a job should have had: the spans of time in which it was there and on. */
interface ModelJob {
  readonly id: string;
  readonly schedule: Schedule;
  readonly spans: { after: number; until: number | undefined }[];
}

/** Plays a story, brings everything to an end, and answers what is left with what should be. */
async function play(actions: readonly Action[]) {
  await using directory = await createTempDirectory();
  const clock = new WallClock(START);
  const effects = newEffects();
  const databaseFile = `${directory.path}/gateway.sqlite`;
  const open = async () => {
    const room = await openCron({ databaseFile, clock, effects, maxConcurrentRuns: 2 });
    await room.cron.start();
    return room;
  };
  let room = await open();
  const model: ModelJob[] = [];
  let latest = START;
  const pick = (index: number) => (model.length === 0 ? undefined : model[index % model.length]);
  const act = async (action: Action): Promise<void> => {
    switch (action.kind) {
      case "add": {
        const schedule = SCHEDULES[action.schedule]?.(clock.now()) ?? { kind: "at", atMs: clock.now() };
        const added = await room.cron.add(jobOf(schedule, { missed: POLICIES[action.missed] ?? "skip" }), true);
        model.push({ id: added.id, schedule, spans: [{ after: clock.now(), until: undefined }] });
        return;
      }
      case "remove":
      case "disable": {
        const chosen = pick(action.job);
        const span = chosen?.spans.at(-1);
        const before = chosen && (await room.cron.get(chosen.id));
        if (!chosen || !span || !before?.enabled) return;
        if (action.kind === "remove") await room.cron.remove(chosen.id);
        else await room.cron.update(chosen.id, () => ({ enabled: false }));
        span.until ??= clock.now();
        return;
      }
      case "enable": {
        const chosen = pick(action.job);
        const before = chosen && (await room.cron.get(chosen.id));
        if (!chosen || !before || before.enabled || chosen.schedule.kind === "at") return;
        await room.cron.update(chosen.id, () => ({ enabled: true }));
        chosen.spans.push({ after: clock.now(), until: undefined });
        return;
      }
      case "run": {
        const chosen = pick(action.job);
        if (chosen && (await room.cron.get(chosen.id))) await room.cron.runNow(chosen.id).catch(() => {});
        return;
      }
      case "look":
        await room.cron.list();
        await room.cron.nextAt();
        await room.cron.history({ limit: 5 });
        return;
      case "pass":
        await clock.advance(action.milliseconds);
        return room.cron.check();
      case "jump":
        clock.jump(action.milliseconds);
        return room.cron.check();
      case "mode":
        effects.mode = action.mode;
        return;
      case "restart":
        await room[Symbol.asyncDispose]();
        await clock.advance(action.awayMs);
        room = await open();
    }
  };
  for (const action of actions) {
    await act(action);
    latest = Math.max(latest, clock.now());
  }
  effects.mode = "ok";
  await room[Symbol.asyncDispose]();
  // Whatever the clock showed at times, in the end it is later than ever before.
  clock.jump(Math.max(0, latest - clock.now()) + MINUTE);
  room = await open();
  for (let turn = 0; turn < 5; turn += 1) await room.settle();
  const found = new Map<string, Slot[]>();
  for (const { id } of model) found.set(id, await room.slots(id));
  const all = await room.slots();
  const effectCounts = new Map<string, number>();
  for (const { runId } of all) effectCounts.set(runId, await room.effectsOf(runId));
  const stillOpen = await room.open();
  const errors = room.log.lines.filter(({ level }) => level === "error");
  await room[Symbol.asyncDispose]();
  return { model, found, all, effectCounts, stillOpen, errors, now: clock.now() };
}

async function expectedInstants({ schedule, spans }: ModelJob, now: number): Promise<number[]> {
  const planner = await planSchedule(schedule);
  if (schedule.kind === "at") {
    const [span] = spans;
    // An instant that had passed when the job was added is a slot of it as well.
    return span && schedule.atMs <= (span.until ?? now) ? [schedule.atMs] : [];
  }
  const instants: number[] = [];
  for (const { after, until } of spans) {
    for (let at = planner.next(after); at !== undefined && at <= (until ?? now); at = planner.next(at))
      instants.push(at);
  }
  return instants;
}

function check({ all, effectCounts, stillOpen, errors }: Awaited<ReturnType<typeof play>>): void {
  expect(errors).toEqual([]);
  expect(stillOpen).toBe(0);
  for (const slot of all) {
    const count = effectCounts.get(slot.runId);
    if (slot.state === "done") expect(count, slot.runId).toBe(1);
    else if (slot.state === "failed") expect(count, slot.runId).toBeLessThanOrEqual(1);
    else {
      expect(count, slot.runId).toBe(0);
      expect(slot.reason, slot.runId).toBeTruthy();
    }
  }
}

it(
  "DESIGN promise 15: whatever is added, switched, removed and restarted, every slot ends once, with a reason where it did not run",
  { timeout: PROPERTY_TIMEOUT_MS },
  async () => {
    const story = fc.array(fc.oneof(...common, switching), { minLength: 4, maxLength: 18 });
    await fc.assert(
      fc.asyncProperty(story, async (actions) => {
        const end = await play(actions);
        check(end);
        for (const modelJob of end.model) {
          const expected = await expectedInstants(modelJob, end.now);
          const slots = (end.found.get(modelJob.id) ?? []).filter(({ origin }) => origin === "schedule");
          expect(
            slots.reduce((sum, { count }) => sum + count, 0),
            JSON.stringify(modelJob),
          ).toBe(expected.length);
          const single = slots.filter(({ count }) => count === 1).map(({ scheduledAt }) => scheduledAt);
          expect(new Set(single).size).toBe(single.length);
          for (const at of single) expect(expected, JSON.stringify(modelJob)).toContain(at);
        }
      }),
      propertyBounds,
    );
  },
);

it(
  "DESIGN promise 15: a clock that is set forward and back takes no slot away and runs none twice",
  { timeout: PROPERTY_TIMEOUT_MS },
  async () => {
    const story = fc.array(fc.oneof(...common, jumping), { minLength: 4, maxLength: 18 });
    await fc.assert(
      fc.asyncProperty(story, async (actions) => {
        const end = await play(actions);
        check(end);
        for (const modelJob of end.model) {
          if (modelJob.schedule.kind === "at") continue;
          const expected = await expectedInstants(modelJob, end.now);
          const slots = (end.found.get(modelJob.id) ?? []).filter(({ origin }) => origin === "schedule");
          expect(
            slots.reduce((sum, { count }) => sum + count, 0),
            JSON.stringify(modelJob),
          ).toBe(expected.length);
        }
      }),
      propertyBounds,
    );
  },
);

import type { SqlExecutor } from "../ports.ts";
import type { Job, MissedPolicy, Slot } from "./job.ts";
import type { JobTable } from "./job-table.ts";
import { countSlots, type Planner, planSchedule, slotsBetween } from "./schedule.ts";
import type { NewSlot, SlotTable } from "./slot-table.ts";

/** More missed slots than this become one row with a count. */
const MAX_MISSED_ROWS = 1_000;
/** A slot that begins within this time is on time: a busy process may be late, and timers are. */
const PUNCTUAL_MS = 60_000;
/** A clock that is set back by no more than this is not worth a second look. */
export const CLOCK_TOLERANCE_MS = 1_000;

const AWAY = "the gateway was not there at its time";
const SUPERSEDED = "a later slot had come by then";
const OVERLAP = "the run before it had not ended";

/** True when a slot that is late by so much still runs. */
export function isInTime(policy: MissedPolicy, lateMs: number): boolean {
  if (policy === "run") return true;
  return lateMs <= (policy === "skip" ? PUNCTUAL_MS : Math.max(policy.withinMs, PUNCTUAL_MS));
}

/** What has come of a job since it was last looked at; nothing is written down yet. */
export interface Account {
  readonly job: Job;
  readonly now: number;
  readonly nextAt: number | undefined;
  readonly kind: "forward" | "backward";
  /** Slots that passed, the oldest first. */
  readonly missed: readonly NewSlot[];
  /** In their place, when they are too many for a row each. */
  readonly range: SlotRange | undefined;
  /** The slot to run, or why it is not run. */
  readonly newest: NewSlot | undefined;
  /** New counts of rows that stand for several slots. */
  readonly counts: ReadonlyMap<number, number>;
}

/** Many slots in a row: the first of them, the instant of the last, and how many they are. */
interface SlotRange {
  readonly first: readonly number[];
  readonly untilAt: number;
  readonly count: number;
}

/** Goes through the slots of a job up to now. Of several that passed only the newest may still run. */
export async function accountFor(job: Job, now: number, slots: SlotTable): Promise<Account> {
  const planner = await planSchedule(job.definition.schedule);
  if (job.cursorAt > now + CLOCK_TOLERANCE_MS) return goBack(job, now, planner, slots);
  const first = job.nextAt;
  const nothing = {
    job,
    now,
    kind: "forward",
    missed: [],
    range: undefined,
    newest: undefined,
    counts: new Map(),
  } as const;
  if (first === undefined || first > now) return { ...nothing, nextAt: first };
  const instants = [first, ...(await slotsBetween(planner, { after: first, until: now, limit: MAX_MISSED_ROWS }))];
  const isTooMany = instants.length > MAX_MISSED_ROWS;
  const newest = (isTooMany ? planner.last(now) : instants.at(-1)) ?? first;
  const past = { nextAt: planner.next(now), newest: newestRow(job, newest, now) };
  if (isTooMany) return { ...nothing, ...past, range: await rangeOf(job, planner, instants, newest) };
  return { ...nothing, ...past, missed: instants.slice(0, -1).map((at) => rowOf(job, at, "missed", SUPERSEDED)) };
}

/** Writes an account down. Answers the newest slot's row when it is new. */
export async function settleAccount(
  sql: SqlExecutor,
  account: Account,
  tables: { jobs: JobTable; slots: SlotTable },
): Promise<NewSlot | undefined> {
  const { job, now, nextAt, missed, range, newest, counts } = account;
  const { jobs, slots } = tables;
  if (account.kind === "backward") await slots.takeBack(sql, job.id, now, (slot) => counts.get(slot.id) ?? slot.count);
  for (const row of missed) await slots.add(sql, row);
  if (range) await addRange(sql, job, range, slots);
  await jobs.move(sql, job.id, now, nextAt);
  if (!newest) return undefined;
  const isOverlapping = newest.state === "due" && (await slots.openOf(sql, job.id, "schedule")) > 0;
  const row: NewSlot = isOverlapping ? { ...newest, state: "skipped", reason: OVERLAP } : newest;
  const isNew = await slots.add(sql, row);
  if (job.definition.schedule.kind === "at" && row.state !== "due") await giveUp(sql, job, row, jobs);
  return isNew ? row : undefined;
}

/** The one slot of a job that runs once did not run: the job is over, and says why. */
async function giveUp(sql: SqlExecutor, job: Job, row: NewSlot, jobs: JobTable): Promise<void> {
  await jobs.disable(sql, job.id);
  await jobs.setState(sql, job.id, { ...job.state, lastStatus: "skipped", lastError: row.reason ?? AWAY });
}

async function goBack(job: Job, now: number, planner: Planner, slots: SlotTable): Promise<Account> {
  const counts = new Map<number, number>();
  for (const range of await slots.rangesOver(job.id, now)) {
    counts.set(range.id, 1 + (await countSlots(job.definition.schedule, planner, range.scheduledAt, now)));
  }
  const since = Math.max(now, job.state.scheduledSince ?? job.createdAt);
  const nextAt = job.definition.schedule.kind === "at" ? job.nextAt : planner.next(since);
  return { job, now, kind: "backward", nextAt, missed: [], range: undefined, newest: undefined, counts };
}

async function rangeOf(job: Job, planner: Planner, first: readonly number[], newest: number): Promise<SlotRange> {
  const untilAt = planner.last(newest - 1) ?? newest;
  const count = 1 + (await countSlots(job.definition.schedule, planner, first[0] ?? newest, untilAt));
  return { first, untilAt, count };
}

/** One row for all of a range that has no row yet: slots that ran before the clock was set back have theirs. */
async function addRange(
  sql: SqlExecutor,
  job: Job,
  { first, untilAt, count }: SlotRange,
  slots: SlotTable,
): Promise<void> {
  const known = await slots.countBetween(sql, job.id, first[0] ?? untilAt, untilAt);
  if (count <= known) return;
  for (const at of first) {
    if (await slots.add(sql, { ...rowOf(job, at, "missed", AWAY), untilAt, count: count - known })) return;
  }
}

function newestRow(job: Job, at: number, now: number): NewSlot {
  return isInTime(job.definition.missed, now - at) ? rowOf(job, at, "due") : rowOf(job, at, "missed", AWAY);
}

function rowOf(job: Job, scheduledAt: number, state: Slot["state"], reason?: string): NewSlot {
  const runId = `${job.kind === "heartbeat" ? "" : "cron:"}${job.id}:${scheduledAt}`;
  return { jobId: job.id, kind: job.kind, origin: "schedule", scheduledAt, runId, state, reason };
}

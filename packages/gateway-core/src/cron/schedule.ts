import { GatewayError } from "../errors.ts";
import type { Schedule } from "./job.ts";

/** Looks at no more instants than this in one go before other work gets its turn. */
const INSTANTS_PER_GO = 20;
/** Exact counting ends here; a longer absence is counted as at least this many. */
const MAX_COUNTED = 10_000;

/** Says when a schedule's slots are. Instants are epoch milliseconds, and grow strictly. */
export interface Planner {
  /** The first slot after an instant. */
  next(after: number): number | undefined;
  /** The last slot at or before an instant. */
  last(until: number): number | undefined;
}

/** A planner for a schedule. Throws INVALID_REQUEST for an expression or a time zone that can not be read. */
export async function planSchedule(schedule: Schedule): Promise<Planner> {
  switch (schedule.kind) {
    case "at":
      return {
        next: (after) => (schedule.atMs > after ? schedule.atMs : undefined),
        last: (until) => (schedule.atMs <= until ? schedule.atMs : undefined),
      };
    case "every":
      return planEvery(schedule);
    case "cron":
      return planExpression(schedule);
  }
}

/** The first `limit` slots after one instant, up to another one. Lets other work in between. */
export async function slotsBetween(
  planner: Planner,
  span: { after: number; until: number; limit: number },
): Promise<number[]> {
  const found: number[] = [];
  let at = planner.next(span.after);
  while (at !== undefined && at <= span.until && found.length < span.limit) {
    found.push(at);
    if (found.length % INSTANTS_PER_GO === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    at = planner.next(at);
  }
  return found;
}

/** How many slots there are after one instant up to another, counted no further than MAX_COUNTED. */
export async function countSlots(schedule: Schedule, planner: Planner, after: number, until: number): Promise<number> {
  if (schedule.kind === "every") {
    const first = planner.next(after);
    return first === undefined || first > until ? 0 : Math.floor((until - first) / schedule.everyMs) + 1;
  }
  return (await slotsBetween(planner, { after, until, limit: MAX_COUNTED })).length;
}

function planEvery({ everyMs, anchorMs }: Extract<Schedule, { kind: "every" }>): Planner {
  const index = (at: number) => Math.floor((at - anchorMs) / everyMs);
  return {
    next: (after) => (after < anchorMs ? anchorMs : anchorMs + (index(after) + 1) * everyMs),
    last: (until) => (until < anchorMs ? undefined : anchorMs + index(until) * everyMs),
  };
}

/**
 * Daylight saving: a fixed time that a change skips runs as soon after it as the clock allows, one that it repeats
 * runs once; an hour that is a pattern (such as every 20 minutes) runs whenever the clock shows it.
 */
async function planExpression({ expr, tz }: Extract<Schedule, { kind: "cron" }>): Promise<Planner> {
  const { Cron } = await import("croner");
  try {
    const pattern = new Cron(expr, { paused: true, ...(tz === undefined ? {} : { timezone: tz }) });
    // A time zone is only looked at when it is used.
    pattern.nextRun(new Date(0));
    return {
      next: (after) => pattern.nextRun(new Date(after))?.getTime(),
      last: (until) =>
        pattern
          .previousRuns(3, new Date(until + 1_000))
          .map((date) => date.getTime())
          .find((at) => at <= until),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (tz !== undefined && /timezone/i.test(reason)) {
      throw new GatewayError(
        "INVALID_REQUEST",
        `"${tz}" is no time zone; expected an IANA name such as Europe/Berlin.`,
        { cause: error },
      );
    }
    throw new GatewayError("INVALID_REQUEST", reason, { cause: error });
  }
}

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isOver, resetRuleFor } from "../../src/sessions/rules/reset-rule.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("which rule", () => {
  it("is daily at four without any", () => {
    expect(resetRuleFor({}, { type: "dm" })).toEqual({ atHour: 4 });
  });

  it("is the channel's, else the type's, else the general one", () => {
    const settings = {
      reset: { atHour: 5 },
      resetByType: { group: { mode: "idle" as const, idleMinutes: 30 } },
      resetByChannel: { telegram: { atHour: 6, idleMinutes: 10 } },
    };
    expect(resetRuleFor(settings, { type: "group", channel: "telegram" })).toEqual({ atHour: 6, idleMs: 10 * MINUTE });
    expect(resetRuleFor(settings, { type: "group", channel: "whatsapp" })).toEqual({ idleMs: 30 * MINUTE });
    expect(resetRuleFor(settings, { type: "thread" })).toEqual({ atHour: 5 });
  });

  it("is idle alone where only the old key is set", () => {
    expect(resetRuleFor({ idleMinutes: 15 }, { type: "dm" })).toEqual({ idleMs: 15 * MINUTE });
    expect(resetRuleFor({ idleMinutes: 15, resetByType: {} }, { type: "dm" })).toEqual({ atHour: 4 });
    expect(resetRuleFor({ idleMinutes: 15, reset: { mode: "daily" } }, { type: "dm" })).toEqual({ atHour: 4 });
  });
});

/** The plain way: walk minute by minute and see whether the hour comes by. */
function modelIsOver(rule: { atHour?: number; idleMs?: number }, lastAt: number, now: number): boolean {
  if (rule.idleMs !== undefined && now - lastAt > rule.idleMs) return true;
  if (rule.atHour === undefined) return false;
  for (let at = Math.ceil((lastAt + 1) / MINUTE) * MINUTE; at <= now; at += MINUTE) {
    const clock = new Date(at);
    if (clock.getHours() === rule.atHour && clock.getMinutes() === 0) return true;
  }
  return false;
}

describe("when a session is over", () => {
  const start = new Date(2026, 5, 10).getTime();

  it("agrees with a clock that is looked at every minute", () => {
    const rule = fc.record(
      { atHour: fc.integer({ min: 0, max: 23 }), idleMs: fc.integer({ min: 1, max: 2_000 }).map((m) => m * MINUTE) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        rule,
        fc.integer({ min: 0, max: DAY }),
        fc.integer({ min: 0, max: 3 * DAY }),
        (given, offset, later) => {
          const lastAt = start + offset;
          expect(isOver(given, lastAt, lastAt + later)).toBe(modelIsOver(given, lastAt, lastAt + later));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("never is at the instant of the last word, and once over stays over", () => {
    fc.assert(
      fc.property(
        fc.record({ atHour: fc.integer({ min: 0, max: 23 }) }),
        fc.integer({ min: 0, max: DAY }),
        fc.array(fc.integer({ min: 0, max: 6 * HOUR }), { maxLength: 20 }),
        (given, offset, steps) => {
          const lastAt = start + offset;
          expect(isOver(given, lastAt, lastAt)).toBe(false);
          let now = lastAt;
          let wasOver = false;
          for (const step of steps) {
            now += step;
            const over = isOver(given, lastAt, now);
            expect(over || !wasOver).toBe(true);
            wasOver = over;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

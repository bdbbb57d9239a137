/** How much to measure. */
export interface Effort {
  /** Repetitions of a whole measurement, of which the median counts. */
  readonly rounds: number;
  /** How long one load lasts, in milliseconds. */
  readonly loadMs: number;
  /** Process starts to time. */
  readonly starts: number;
  /** How long an idle process is left alone before its memory is read, in milliseconds. */
  readonly idleMs: number;
}

export const FULL: Effort = { rounds: 7, loadMs: 1500, starts: 21, idleMs: 5000 };
export const QUICK: Effort = { rounds: 3, loadMs: 400, starts: 7, idleMs: 1500 };

/** One line of the report. */
export interface Line {
  readonly what: string;
  /** With its unit. */
  readonly measured: string;
  /** What the bare yardstick gave in the same run, with its unit; "–" where the budget is absolute. */
  readonly yardstick: string;
  /** The number that the budget is about, with its unit. */
  readonly result: string;
  readonly budget: string;
  /** Undefined for lines that inform only. */
  readonly isWithin: boolean | undefined;
}

/** A row of the budgets: one measurement, which may give several lines. */
export interface Row {
  readonly name: string;
  readonly summary: string;
  readonly measure: (effort: Effort) => Promise<readonly Line[]>;
}

/** A line about how many times the yardstick something took. */
export function ratioLine(
  what: string,
  values: { measured: number; yardstick: number; ratio?: number; unit: string; budget: number },
): Line {
  const { measured, yardstick, unit, budget, ratio = measured / yardstick } = values;
  return {
    what,
    measured: `${round(measured)} ${unit}`,
    yardstick: `${round(yardstick)} ${unit}`,
    result: `${ratio.toFixed(2)} ×`,
    budget: `≤ ${budget} ×`,
    isWithin: ratio <= budget,
  };
}

/** A line about an absolute limit. */
export function limitLine(
  what: string,
  values: { measured: number; unit: string; budget: number; yardstick?: string },
): Line {
  const { measured, unit, budget, yardstick = "–" } = values;
  const text = `${round(measured)} ${unit}`;
  return { what, measured: text, yardstick, result: text, budget: `≤ ${budget} ${unit}`, isWithin: measured <= budget };
}

/** Three significant digits, which is more than a shared machine can promise. */
export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

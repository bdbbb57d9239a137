import { choice, type Option, ValueError } from "../command-line/options.ts";
import { parseDuration } from "../command-line/time.ts";

/** A minute is the most that nodes record. */
const LONGEST_RECORDING_MS = 60_000;

export const FACING_OPTION = choice("--facing <side>", ["front", "back"], "Which camera");

/** A number between two others. */
export function decimal(
  flags: string,
  [minimum, maximum]: readonly [number, number],
  summary: string,
): Option<number | undefined> {
  return {
    flags,
    summary,
    parse: (word) => {
      const value = /^-?\d+(?:\.\d+)?$/u.test(word) ? Number(word) : Number.NaN;
      if (value >= minimum && value <= maximum) return value;
      throw new ValueError(`Expected a number from ${minimum} to ${maximum}.`);
    },
  };
}

/** How long to record: milliseconds, or a length of time such as 5s. */
export function recordingTime(flags: string, fallback: number): Option<number> {
  return {
    flags,
    summary: "How long, in milliseconds or such as 5s; at most a minute",
    fallback,
    parse: (word) => {
      const milliseconds = /^\d{1,9}$/u.test(word) ? Number(word) : parseDuration(word);
      if (milliseconds > 0 && milliseconds <= LONGEST_RECORDING_MS) return milliseconds;
      throw new ValueError("Expected at most a minute, for example 5s or 5000.");
    },
  };
}

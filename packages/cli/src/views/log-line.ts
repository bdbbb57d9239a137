import { type Text, toned, type Tone } from "../output.ts";
import { isRecord } from "../records.ts";

/** One entry of the log file: JSON with these keys and any others. */
export type LogEntry = Readonly<Record<string, unknown>>;

const LEVEL_TONES: Readonly<Record<string, Tone>> = {
  debug: "dim",
  trace: "dim",
  warn: "warn",
  error: "bad",
  fatal: "bad",
};
const SHOWN_APART = new Set(["time", "level", "subsystem", "message", "pid", "hostname"]);

/** The entry on a line, or undefined when the line is not one. */
export function parseLogLine(text: string): LogEntry | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An entry on one line: time, level, subsystem, message, then the other fields. */
export function logLine(entry: LogEntry): Text {
  const level = word(entry["level"]) || "info";
  const subsystem = word(entry["subsystem"]);
  const rest = Object.entries(entry)
    .filter(([key]) => !SHOWN_APART.has(key))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [
    toned("dim", clockTime(entry["time"])),
    " ",
    toned(LEVEL_TONES[level] ?? "accent", level.padEnd(5)),
    subsystem === "" ? " " : ` [${subsystem}] `,
    word(entry["message"]).replaceAll("\n", "\\n"),
    rest.length === 0 ? "" : toned("dim", ` ${rest.join(" ").replaceAll("\n", "\\n")}`),
  ];
}

function clockTime(time: unknown): string {
  const date = new Date(typeof time === "number" || typeof time === "string" ? time : Number.NaN);
  return Number.isNaN(date.getTime()) ? "--:--:--" : date.toLocaleTimeString("en-GB", { hour12: false });
}

function word(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

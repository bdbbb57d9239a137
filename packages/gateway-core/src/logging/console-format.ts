import type { LogLevel } from "../ports.ts";
import type { LogRecord } from "./record.ts";

export interface ConsoleStyle {
  readonly style: "pretty" | "compact";
  readonly color: boolean;
  /** Shows where errors were thrown. */
  readonly stacks: boolean;
}

const LEVEL_COLORS: Readonly<Record<LogLevel, number>> = { debug: 90, info: 36, warn: 33, error: 31 };
const SUBSYSTEM_COLORS = [32, 34, 35, 36, 92, 94, 95, 96];
const LONGEST_FIELD = 300;

/** A line for people, with its line feed: time, level where it matters, `[subsystem]`, message, fields. */
export function formatForConsole(record: LogRecord, { style, color, stacks }: ConsoleStyle): string {
  const paint = (code: number, text: string) => (color ? `\u001B[${code}m${text}\u001B[0m` : text);
  const time = style === "pretty" ? `${paint(90, clockTime(record.time))} ` : "";
  const level = record.level === "info" ? "" : `${paint(LEVEL_COLORS[record.level], record.level)} `;
  const name = shortSubsystem(record.subsystem);
  const subsystem = name === "" ? "" : `${paint(subsystemColor(name), `[${name}]`)} `;
  const fields = Object.entries(record.fields).map(([key, value]) => ` ${paint(90, `${key}=`)}${fieldText(value)}`);
  const stack = stacks ? stackOf(record.fields) : "";
  return `${time}${level}${subsystem}${printable(record.message)}${fields.join("")}${stack}\n`;
}

/** Without the leading "gateway/" or "channels/", and the last two parts of what remains. */
function shortSubsystem(subsystem: string): string {
  return printable(
    subsystem
      .replace(/^(?:gateway|channels)\//, "")
      .split("/")
      .slice(-2)
      .join("/"),
  );
}

function clockTime(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

function subsystemColor(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return SUBSYSTEM_COLORS[hash % SUBSYSTEM_COLORS.length] ?? 36;
}

function fieldText(value: unknown): string {
  const text =
    typeof value === "string" ? value : isErrorLike(value) ? `${value.name}: ${value.message}` : JSON.stringify(value);
  const bounded = (text ?? "").length > LONGEST_FIELD ? `${(text ?? "").slice(0, LONGEST_FIELD)}…` : (text ?? "");
  return /[\s="]/.test(bounded) && typeof value === "string" ? printable(JSON.stringify(bounded)) : printable(bounded);
}

function stackOf(fields: Readonly<Record<string, unknown>>): string {
  const stacks = Object.values(fields).flatMap((value) =>
    isErrorLike(value) && value.stack !== undefined ? [value.stack] : [],
  );
  const lines = stacks.flatMap((stack) => stack.split("\n").filter((line) => /^\s+at /.test(line)));
  return lines.map((line) => `\n    ${printable(line.trim())}`).join("");
}

function isErrorLike(value: unknown): value is { name: string; message: string; stack?: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "message" in value &&
    typeof value.message === "string" &&
    (!("stack" in value) || typeof value.stack === "string")
  );
}

/** Control characters written out: text from a chat must not steer the terminal, nor look like a line of the log. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return " ";
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

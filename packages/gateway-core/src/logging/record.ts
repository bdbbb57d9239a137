import type { LogFields, LogLevel } from "../ports.ts";
import type { Redactor } from "./redact.ts";

/** One line of the log before it is formatted: bounded, free of secrets, safe to turn into JSON. */
export interface LogRecord {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly level: LogLevel;
  readonly subsystem: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const DEEPEST = 6;
/** Fields of a line, and entries of whatever is one. */
export const MOST_ENTRIES = 100;
const LONGEST_TEXT = 8192;
const LONGEST_INPUT = 65_536;
/** Names that a line has of its own. */
const RESERVED = ["time", "level", "subsystem", "message"];

export function isReservedName(name: string): boolean {
  return RESERVED.includes(name);
}

/** A line with its texts masked and bounded. Fields that have a name of the line's own get an underscore behind it. */
export function toRecord(redactor: Redactor, line: Omit<LogRecord, "fields">, fields: LogFields = {}): LogRecord {
  const clean = cleanObject(redactor, fields, DEEPEST, new Set());
  for (const name of RESERVED) {
    if (!Object.hasOwn(clean, name)) continue;
    clean[`${name}_`] = clean[name];
    delete clean[name];
  }
  return { ...line, message: cleanText(redactor, line.message), fields: clean };
}

export function cleanText(redactor: Redactor, text: string): string {
  const bounded = text.length > LONGEST_INPUT ? text.slice(0, LONGEST_INPUT) : text;
  const masked = redactor.text(bounded);
  return masked.length > LONGEST_TEXT ? `${masked.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : masked;
}

function cleanValue(redactor: Redactor, value: unknown, depth: number, above: Set<object>): unknown {
  switch (typeof value) {
    case "string":
      return cleanText(redactor, value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return value.toString();
    case "boolean":
    case "undefined":
      return value;
    case "function":
    case "symbol":
      return `<${typeof value}>`;
    case "object":
      return value === null ? null : cleanReference(redactor, value, depth, above);
  }
}

function cleanReference(redactor: Redactor, value: object, depth: number, above: Set<object>): unknown {
  if (above.has(value)) return "<circular>";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "<invalid date>" : value.toISOString();
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (value instanceof URL) return cleanText(redactor, value.href);
  if (depth <= 0) return Array.isArray(value) ? `<${value.length} items>` : "<object>";
  above.add(value);
  try {
    if (value instanceof Error) return cleanError(redactor, value, depth, above);
    if (value instanceof Map || value instanceof Set) return `<${value.size} entries>`;
    if (!Array.isArray(value)) return cleanObject(redactor, value, depth, above);
    const items = value.slice(0, MOST_ENTRIES).map((item: unknown) => cleanValue(redactor, item, depth - 1, above));
    if (value.length > MOST_ENTRIES) items.push(`<${value.length - MOST_ENTRIES} more>`);
    return items;
  } finally {
    above.delete(value);
  }
}

function cleanObject(redactor: Redactor, value: object, depth: number, above: Set<object>): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  const keys = Object.keys(value);
  for (const key of keys.slice(0, MOST_ENTRIES)) {
    let item: unknown;
    try {
      item = (value as Record<string, unknown>)[key];
    } catch {
      item = "<unreadable>";
    }
    const name = cleanText(redactor, key);
    const secret = typeof item === "string" && item !== "" && redactor.isSecretKey(key);
    const shown = secret ? "***" : cleanValue(redactor, item, depth - 1, above);
    // Set like any other, this one would become the object's prototype.
    if (name === "__proto__") {
      Object.defineProperty(clean, name, { value: shown, enumerable: true, configurable: true, writable: true });
    } else clean[name] = shown;
  }
  if (keys.length > MOST_ENTRIES) clean["…"] = `<${keys.length - MOST_ENTRIES} more>`;
  return clean;
}

function cleanError(redactor: Redactor, error: Error, depth: number, above: Set<object>): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    name: cleanValue(redactor, name, 0, above),
    message: cleanValue(redactor, message, 0, above),
    ...("code" in error ? { code: cleanValue(redactor, error.code, depth - 1, above) } : {}),
    ...(typeof stack === "string" ? { stack: cleanText(redactor, stack) } : {}),
    ...(cause === undefined ? {} : { cause: cleanValue(redactor, cause, depth - 1, above) }),
  };
}

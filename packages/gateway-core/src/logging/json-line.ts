import type { LogFields } from "../ports.ts";
import { cleanText, isReservedName, type LogRecord, MOST_ENTRIES } from "./record.ts";
import type { Redactor } from "./redact.ts";

/** Longer texts are rarely written twice. */
const LONGEST_REMEMBERED = 64;
const MOST_REMEMBERED = 1000;

/** What every line says beside its fields. */
export type LineHead = Omit<LogRecord, "fields">;

/** One JSON object, with its line feed: level, time, subsystem, fields, message. */
export function formatAsJson({ time, level, subsystem, message, fields }: LogRecord): string {
  return `${JSON.stringify({ level, time: new Date(time).toISOString(), subsystem, ...fields, message })}\n`;
}

/**
 * Writes the line of a record straight from what was logged, as long as all fields are plain: text, numbers, booleans.
 * So are the lines of requests and events, which come by the thousand; making a record of each first takes several
 * times as long. Every text goes past the redactor, as in a record. Texts that it left alone are remembered, because
 * most of a line is the same as in the line before: the names, the message, the connection.
 */
export class JsonLines {
  readonly #redactor: Redactor;
  /** Field names that may be shown, as `,"name":`. */
  readonly #names = new Map<string, string>();
  /** Short texts without a secret, as JSON. */
  readonly #texts = new Map<string, string>();
  #second = Number.NaN;
  #secondText = "";

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** To be called when there are more secrets: what was harmless until now may be one of them. */
  forget(): void {
    this.#names.clear();
    this.#texts.clear();
  }

  /** Undefined when a record is needed, because there is a field that is not plain. */
  format({ time, level, subsystem, message }: LineHead, fields: LogFields | undefined): string | undefined {
    const shown = fields === undefined ? "" : this.#fields(fields);
    if (shown === undefined) return undefined;
    const head = `{"level":"${level}","time":"${this.#time(time)}","subsystem":${this.#text(subsystem)}`;
    return `${head}${shown},"message":${this.#text(message)}}\n`;
  }

  #fields(fields: LogFields): string | undefined {
    const keys = Object.keys(fields);
    if (keys.length > MOST_ENTRIES) return undefined;
    let shown = "";
    for (const key of keys) {
      const name = this.#names.get(key) ?? this.#name(key);
      if (name === undefined) return undefined;
      const value = fields[key];
      if (typeof value === "string") shown += name + this.#text(value);
      else if (typeof value === "number") shown += name + (Number.isFinite(value) ? String(value) : `"${value}"`);
      else if (typeof value === "boolean") shown += name + String(value);
      else if (value !== undefined) return undefined;
    }
    return shown;
  }

  /** Undefined for a name that the line has itself, and for one that is or announces a secret. */
  #name(key: string): string | undefined {
    if (isReservedName(key) || this.#redactor.isSecretKey(key) || this.#redactor.text(key) !== key) return undefined;
    const name = `,${JSON.stringify(key)}:`;
    if (this.#names.size >= MOST_REMEMBERED) this.#names.clear();
    this.#names.set(key, name);
    return name;
  }

  #text(text: string): string {
    if (text.length > LONGEST_REMEMBERED) return JSON.stringify(cleanText(this.#redactor, text));
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const clean = cleanText(this.#redactor, text);
    const json = JSON.stringify(clean);
    // A secret is not kept here, nor anything that stands beside one.
    if (clean === text) {
      if (this.#texts.size >= MOST_REMEMBERED) this.#texts.clear();
      this.#texts.set(text, json);
    }
    return json;
  }

  /** ISO 8601 in UTC with milliseconds. All but these is made once a second. */
  #time(time: number): string {
    const second = Math.floor(time / 1000);
    if (second !== this.#second) {
      this.#secondText = new Date(second * 1000).toISOString().slice(0, -4);
      this.#second = second;
    }
    return `${this.#secondText}${String(Math.floor(time - second * 1000)).padStart(3, "0")}Z`;
  }
}

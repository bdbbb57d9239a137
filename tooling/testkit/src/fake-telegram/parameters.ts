import { badRequest } from "./errors.ts";

/** The parameters of one call, however they were encoded: form fields are strings, JSON has types. */
export class Parameters {
  readonly values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null && this.values[name] !== "";
  }

  string(name: string): string | undefined {
    const value = this.values[name];
    if (typeof value === "string") return value;
    return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
  }

  integer(name: string): number | undefined {
    const text = this.string(name);
    if (text === undefined || text === "") return undefined;
    if (!/^-?\d+$/.test(text)) throw badRequest(`parameter "${name}" must be a number`);
    return Number(text);
  }

  boolean(name: string): boolean {
    const text = this.string(name)?.toLowerCase();
    return text === "true" || text === "1" || text === "yes";
  }

  /** An object parameter, or undefined. */
  object(name: string): Parameters | undefined {
    const value = this.#json(name);
    return isRecord(value) ? new Parameters(value) : undefined;
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.#json(name);
    return Array.isArray(value) ? value : undefined;
  }

  #json(name: string): unknown {
    const value = this.values[name];
    if (typeof value !== "string" || value === "") return value;
    try {
      return JSON.parse(value);
    } catch {
      throw badRequest(`can't parse ${name} JSON object`);
    }
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

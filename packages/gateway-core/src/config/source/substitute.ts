import type { Environment } from "../env.ts";
import { isPlainObject, type KeyPath, setOwn } from "./tree.ts";

/** A variable that a text refers to and that has no value. */
export interface MissingVariable {
  readonly path: KeyPath;
  readonly name: string;
}

export interface Substituted {
  readonly value: unknown;
  readonly missing: readonly MissingVariable[];
}

// "$${NAME}" is the way to write "${NAME}" itself; names in lower case are left alone.
const REFERENCE = /\$(\$?)\{([A-Z_][A-Z0-9_]*)\}/g;
const LEFT_OUT = Symbol("a value whose variable is missing");

/**
 * Puts variables in the place of `${NAME}` in every text. A text with a variable that has no value, or an empty one,
 * is reported and left out: its key is absent from the result.
 */
export function substituteVariables(value: unknown, environment: Environment): Substituted {
  const missing: MissingVariable[] = [];
  const visit = (item: unknown, path: KeyPath): unknown => {
    if (typeof item === "string") return substituteText(item, environment, (name) => missing.push({ path, name }));
    if (Array.isArray(item)) {
      return item.map((entry, index) => visit(entry, [...path, index])).filter((entry) => entry !== LEFT_OUT);
    }
    if (!isPlainObject(item)) return item;
    const copy: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(item)) {
      const substituted = visit(entry, [...path, key]);
      if (substituted !== LEFT_OUT) setOwn(copy, key, substituted);
    }
    return copy;
  };
  const result = visit(value, []);
  return { value: result === LEFT_OUT ? undefined : result, missing };
}

function substituteText(
  text: string,
  environment: Environment,
  report: (name: string) => void,
): string | typeof LEFT_OUT {
  if (!text.includes("${")) return text;
  let complete = true;
  const substituted = text.replace(REFERENCE, (whole, escape: string, name: string) => {
    if (escape !== "") return whole.slice(1);
    const value = environment[name];
    if (value !== undefined && value !== "") return value;
    complete = false;
    report(name);
    return "";
  });
  return complete ? substituted : LEFT_OUT;
}

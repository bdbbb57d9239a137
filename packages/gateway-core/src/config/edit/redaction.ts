/**
 * What clients see in the place of credentials. A client that writes a configuration back sends the same word, and
 * the credential that stood there stays.
 */
import { secretPaths } from "../inspect/secrets.ts";
import { isPlainObject, joinPath, type KeyPath, memberOf, setOwn } from "../source/tree.ts";
import type { Json5 } from "../source/json5-file.ts";
import { replaceSpans } from "./source-edit.ts";
import { forEachText, readSourceTree } from "./source-tree.ts";

export const REDACTED = "__OPENCLAW_REDACTED__";
/** A text that is nothing but references to variables holds no credential. */
const ONLY_REFERENCES = /^(\$\{[A-Z_][A-Z0-9_]*\})+$/u;

/** Says which texts of a configuration are credentials. `known` are credentials that may stand anywhere. */
export class Redaction {
  readonly #known: readonly string[];

  constructor(known: readonly string[]) {
    this.#known = known.filter((secret) => secret.length >= 8);
  }

  /** A copy without credentials. */
  tree(value: unknown): unknown {
    const secret = secretPaths(value);
    const visit = (item: unknown, path: KeyPath): unknown => {
      if (typeof item === "string") return this.#isSecret(item, secret.has(joinPath(path))) ? REDACTED : item;
      if (Array.isArray(item)) return item.map((entry, index) => visit(entry, [...path, index]));
      if (!isPlainObject(item)) return item;
      const copy: Record<string, unknown> = {};
      for (const [key, entry] of Object.entries(item)) setOwn(copy, key, visit(entry, [...path, key]));
      return copy;
    };
    return visit(value, []);
  }

  /** A JSON5 text without credentials, otherwise as it is. */
  source(source: string, json5: Json5): string {
    const secret = secretPaths(json5.parse(source));
    const spans: { start: number; end: number; text: string }[] = [];
    forEachText(readSourceTree(source, json5), (path, { start, end }) => {
      const text = String(json5.parse(source.slice(start, end)));
      if (this.#isSecret(text, secret.has(joinPath(path)))) spans.push({ start, end, text: JSON.stringify(REDACTED) });
    });
    const redacted = replaceSpans(source, spans);
    // A comment may hold what a value does: then the comments go.
    return this.#known.some((known) => redacted.includes(known))
      ? `${JSON.stringify(this.tree(json5.parse(source)), null, 2)}\n`
      : redacted;
  }

  #isSecret(text: string, isAtSecretPath: boolean): boolean {
    if (text === "" || ONLY_REFERENCES.test(text)) return false;
    return isAtSecretPath || this.#known.some((known) => text.includes(known));
  }
}

export interface Restored<T> {
  readonly value: T;
  /** Paths where the word stands and nothing is stored that it could stand for. */
  readonly missing: readonly string[];
}

/** Puts the stored credentials back in a text that a client sends. */
export function restoreSource(source: string, stored: unknown, json5: Json5): Restored<string> {
  const given = json5.parse(source);
  const missing: string[] = [];
  const spans: { start: number; end: number; text: string }[] = [];
  forEachText(readSourceTree(source, json5), (path, { start, end }) => {
    if (!String(json5.parse(source.slice(start, end))).includes(REDACTED)) return;
    const kept = storedAt(stored, given, path);
    if (typeof kept === "string") spans.push({ start, end, text: JSON.stringify(kept) });
    else missing.push(joinPath(path));
  });
  return { value: replaceSpans(source, spans), missing };
}

/** The same for a tree. */
export function restoreTree(given: unknown, stored: unknown): Restored<unknown> {
  const missing: string[] = [];
  const visit = (item: unknown, path: KeyPath): unknown => {
    if (typeof item === "string") {
      if (!item.includes(REDACTED)) return item;
      const kept = storedAt(stored, given, path);
      if (typeof kept !== "string") missing.push(joinPath(path));
      return kept;
    }
    if (Array.isArray(item)) return item.map((entry, index) => visit(entry, [...path, index]));
    if (!isPlainObject(item)) return item;
    const copy: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(item)) setOwn(copy, key, visit(entry, [...path, key]));
    return copy;
  };
  return { value: visit(given, []), missing };
}

/** Entries of a list are the same ones when they have the same id, wherever they stand. */
function storedAt(stored: unknown, given: unknown, path: KeyPath): unknown {
  let kept = stored;
  let asked = given;
  for (const key of path) {
    if (typeof key === "string") {
      kept = memberOf(kept, key);
      asked = memberOf(asked, key);
      continue;
    }
    asked = Array.isArray(asked) ? (asked as unknown[])[key] : undefined;
    const id = memberOf(asked, "id");
    const entries = Array.isArray(kept) ? (kept as unknown[]) : [];
    kept = id === undefined ? entries[key] : entries.find((entry) => memberOf(entry, "id") === id);
  }
  return kept;
}

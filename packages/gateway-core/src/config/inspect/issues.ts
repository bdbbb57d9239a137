import type * as z from "zod";

import { isPlainObject, type KeyPath } from "../source/tree.ts";
import { keysOf, schemaBelow } from "./walk.ts";

/** A problem with one value, before it is known which file the value is in. */
export interface ValueIssue {
  readonly path: KeyPath;
  readonly message: string;
}

export interface IssueContext {
  readonly schema: z.ZodType;
  /** What was checked. */
  readonly value: unknown;
  /** The same before variables were put in, so that no variable's value is told. */
  readonly written: unknown;
}

type Issue = z.core.$ZodIssue;
const SECRET_KEY = /auth|token|secret|password|key|credential|header|cookie/i;
const SECRET_PARENT = new Set(["headers", "env", "vars"]);
const LONGEST_QUOTE = 32;

/** The problems zod found, in plain words: what is expected, what was found; for a typing error, what was meant. */
export function describeIssues(issues: readonly Issue[], context: IssueContext): readonly ValueIssue[] {
  return issues.flatMap((issue) => describe(issue, keyPath(issue.path), context));
}

function describe(issue: Issue, path: KeyPath, context: IssueContext): readonly ValueIssue[] {
  if (issue.code === "unrecognized_keys") {
    const known = keysOf(schemaAt(context.schema, path));
    return issue.keys.map((key) => {
      const meant = closest(key, known);
      return { path: [...path, key], message: `unknown key${meant === undefined ? "" : `; did you mean "${meant}"?`}` };
    });
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const within = issue.errors.find((branch) => branch.some((inner) => inner.path.length > 0));
    if (within !== undefined && isPlainObject(valueAt(context.value, path))) {
      return within.flatMap((inner) => describe(inner, [...path, ...keyPath(inner.path)], context));
    }
    const expected = [...new Set(issue.errors.flat().map(expectation))];
    return [{ path, message: `expected ${expected.join(" or ")}, got ${found(path, context)}` }];
  }
  const got = found(path, context);
  const expected = expectation(issue);
  const meant = issue.code === "invalid_value" ? closest(valueAt(context.written, path), issue.values) : undefined;
  return [
    { path, message: `expected ${expected}, got ${got}${meant === undefined ? "" : `; did you mean "${meant}"?`}` },
  ];
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case "invalid_value":
      return `${issue.values.length > 1 ? "one of " : ""}${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_small":
      return issue.origin === "string"
        ? "a text that is not empty"
        : `${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    case "invalid_format":
      return issue.format === "url"
        ? "an http or https address"
        : issue.format === "regex"
          ? issue.message
          : issue.format;
    case "custom":
      return issue.message.replace(/^expected /, "");
    default:
      return issue.message;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** What was found at a path. A value that may be secret, or came from a variable, is named by its kind only. */
function found(path: KeyPath, context: IssueContext): string {
  const value = valueAt(context.value, path);
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const written = valueAt(context.written, path);
  if (typeof written === "string" && written !== value) return `the value of ${written}`;
  if (typeof value !== "string") return JSON.stringify(value) ?? "something else";
  const quotable = value.length <= LONGEST_QUOTE && !mayBeSecret(path) && !value.includes("@");
  return quotable ? JSON.stringify(value) : `a text of ${value.length} characters`;
}

function mayBeSecret(path: KeyPath): boolean {
  return SECRET_KEY.test(String(path.at(-1) ?? "")) || path.some((key) => SECRET_PARENT.has(String(key)));
}

function schemaAt(schema: z.ZodType, path: KeyPath): z.ZodType {
  let current = schema;
  for (const key of path) current = schemaBelow(current, key) ?? current;
  return current;
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** zod may name a symbol in a path; configuration has none. */
function keyPath(path: readonly PropertyKey[]): KeyPath {
  return path.map((key) => (typeof key === "number" ? key : String(key)));
}

/** The known word that a mistyped one most likely stands for. */
export function closest(word: unknown, known: readonly unknown[]): string | undefined {
  if (typeof word !== "string" || word.length > 64) return undefined;
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    if (typeof candidate !== "string") continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.min(3, Math.floor(candidate.length / 3) + 1) && distance < (best?.distance ?? Infinity)) {
      best = { word: candidate, distance };
    }
  }
  return best?.word;
}

/** How many single-character changes turn one word into the other. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const change = from[row - 1] === to[column - 1] ? 0 : 1;
      current.push(
        Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + change),
      );
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

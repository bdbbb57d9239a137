import type { JsonSchema } from "@openclaw/protocol/json-schema";

import type { SchemaDocument } from "../json-schema.ts";

/** Which way a value travels: what the gateway takes must not become narrower, what it gives must not become wider. */
type Direction = "taken" | "given";

/** A change that a client of the earlier schema can notice. */
export interface BreakingChange {
  /** Such as `ChatSendParams.message`. */
  readonly path: string;
  readonly reason: string;
}

/**
 * What a client that was built from `before` would trip over in `after`. Parameters and requests are compared as values
 * that the gateway takes, answers and events as values that it gives; shared types as whatever they are used for.
 */
export function breakingChanges(before: SchemaDocument, after: SchemaDocument): BreakingChange[] {
  const comparison = new Comparison(before, after);
  for (const name of Object.keys(before.definitions)) {
    if (!(name in after.definitions)) comparison.report(name, "was removed");
    else if (/Params$|^RequestFrame$/.test(name)) comparison.compareNamed(name, "taken");
    else if (/(Result|Accepted|Event)$|Frame$|^ErrorShape$/.test(name)) comparison.compareNamed(name, "given");
  }
  return comparison.found;
}

class Comparison {
  readonly found: BreakingChange[] = [];
  readonly #before: SchemaDocument;
  readonly #after: SchemaDocument;
  /** Named types that were compared already, so that a type which holds itself comes to an end. */
  readonly #seen = new Set<string>();

  constructor(before: SchemaDocument, after: SchemaDocument) {
    this.#before = before;
    this.#after = after;
  }

  report(path: string, reason: string): void {
    this.found.push({ path, reason });
  }

  compareNamed(name: string, direction: Direction): void {
    const key = `${name} ${direction}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const before = this.#before.definitions[name];
    const after = this.#after.definitions[name];
    if (before && after) this.#compare(before, after, direction, name);
  }

  #compare(before: JsonSchema, after: JsonSchema, direction: Direction, path: string): void {
    const name = referenced(before);
    if (name !== undefined && name === referenced(after)) {
      this.compareNamed(name, direction);
      return;
    }
    const was = resolve(before, this.#before);
    const is = resolve(after, this.#after);
    this.#compareKinds(was, is, direction, path);
    this.#compareBounds(was, is, direction, path);
    this.#compareProperties(was, is, direction, path);
    for (const part of ["items", "additionalProperties", "propertyNames"]) {
      const [old, now] = [was[part], is[part]];
      if (isSchema(old) && isSchema(now)) this.#compare(old, now, direction, `${path}[]`);
    }
  }

  /** Types, constants, choices and alternatives. */
  #compareKinds(was: JsonSchema, is: JsonSchema, direction: Direction, path: string): void {
    const [old, now] = [kinds(was, this.#before), kinds(is, this.#after)];
    if (direction === "taken") {
      const gone = now === undefined ? [] : (old ?? ["anything"]).filter((kind) => !covers(now, kind));
      if (gone.length > 0) this.report(path, `no longer takes ${gone.join(", ")}`);
    } else {
      // New words of an enum are no news: clients keep words they do not know.
      const added = old === undefined ? [] : (now ?? ["anything"]).filter((kind) => !covers(old, kind, isWord));
      if (added.length > 0) this.report(path, `may now be ${added.join(", ")}`);
    }
  }

  #compareBounds(was: JsonSchema, is: JsonSchema, direction: Direction, path: string): void {
    if (direction === "given") return;
    for (const key of ["maxLength", "maxItems", "maximum", "maxProperties"]) {
      if (number(is[key], Infinity) < number(was[key], Infinity)) this.report(path, `${key} is smaller`);
    }
    for (const key of ["minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties"]) {
      if (number(is[key], -Infinity) > number(was[key], -Infinity)) this.report(path, `${key} is larger`);
    }
    if (is["pattern"] !== undefined && is["pattern"] !== was["pattern"]) this.report(path, "has another pattern");
  }

  #compareProperties(was: JsonSchema, is: JsonSchema, direction: Direction, path: string): void {
    const [old, now] = [properties(was), properties(is)];
    const [needed, needs] = [required(was), required(is)];
    for (const [key, schema] of Object.entries(old)) {
      const next = now[key];
      if (next !== undefined) this.#compare(schema, next, direction, `${path}.${key}`);
      else if (direction === "given" || is["additionalProperties"] === false) {
        this.report(`${path}.${key}`, direction === "given" ? "is no longer there" : "is no longer taken");
      }
    }
    for (const key of direction === "taken" ? needs : needed) {
      if (direction === "taken" && !needed.has(key)) this.report(`${path}.${key}`, "has become required");
      if (direction === "given" && key in now && !needs.has(key)) this.report(`${path}.${key}`, "may now be missing");
    }
  }
}

function resolve(schema: JsonSchema, document: SchemaDocument): JsonSchema {
  const name = referenced(schema);
  if (name === undefined) return schema;
  const target = document.definitions[name];
  if (!target) throw new Error(`The schema has no definition "${name}".`);
  return resolve(target, document);
}

function referenced(schema: JsonSchema): string | undefined {
  const text = schema["$ref"];
  return typeof text === "string" ? text.replace("#/definitions/", "") : undefined;
}

/** What a value may be, as words such as `string`, `"run"` or `object`; undefined when it may be anything. */
function kinds(schema: JsonSchema, document: SchemaDocument): readonly string[] | undefined {
  const resolved = resolve(schema, document);
  if ("const" in resolved) return [JSON.stringify(resolved["const"])];
  if (Array.isArray(resolved["enum"])) return resolved["enum"].map((value) => JSON.stringify(value));
  if (Array.isArray(resolved["anyOf"])) {
    const parts = resolved["anyOf"].filter(isSchema).map((part) => kinds(part, document));
    return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
  }
  if (typeof resolved["type"] === "string") return [resolved["type"]];
  return Array.isArray(resolved["type"]) ? resolved["type"].map(String) : undefined;
}

/** Whether one of the kinds includes this one. `ignore` names kinds that count as included wherever a word is. */
function covers(known: readonly string[], kind: string, ignore?: (kind: string) => boolean): boolean {
  if (known.includes(kind)) return true;
  if (kind === "integer") return known.includes("number");
  if (isWord(kind)) return known.includes("string") || (ignore?.(kind) === true && known.some(isWord));
  return /^-?\d/.test(kind) && (known.includes("number") || known.includes("integer"));
}

function isWord(kind: string): boolean {
  return kind.startsWith('"');
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function properties(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const found = schema["properties"];
  return isSchema(found)
    ? Object.fromEntries(Object.entries(found).filter((entry): entry is [string, JsonSchema] => isSchema(entry[1])))
    : {};
}

function required(schema: JsonSchema): ReadonlySet<string> {
  return new Set(Array.isArray(schema["required"]) ? schema["required"].map(String) : []);
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

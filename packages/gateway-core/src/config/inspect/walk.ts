import * as z from "zod";

import { isPlainObject, joinPath, type KeyPath } from "../source/tree.ts";
import { type KeyNotes, keyNotes } from "../schema/notes.ts";

/** A schema without its optional and default wrappers, with what all of them say. */
export interface BareSchema {
  readonly schema: z.ZodType;
  readonly notes: KeyNotes;
  readonly description: string | undefined;
  /** The value that stands in for an absent one; undefined when there is none. */
  readonly defaultValue: unknown;
  readonly optional: boolean;
}

/** Takes the wrappers off a schema and gathers what they know. */
export function bare(wrapped: z.ZodType): BareSchema {
  let schema = wrapped;
  const notes: { -readonly [K in keyof KeyNotes]: KeyNotes[K] } = {};
  let { description } = wrapped;
  let defaultValue: unknown;
  let optional = false;
  for (;;) {
    Object.assign(notes, keyNotes.get(schema));
    description ??= schema.description;
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) optional = true;
    else if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
      defaultValue ??= schema.def.defaultValue;
    else return { schema, notes, description, defaultValue, optional };
    schema = schema.unwrap() as z.ZodType;
  }
}

/** The schema of one key or position below a schema, or undefined when it has none or is one of several. */
export function schemaBelow(parent: z.ZodType, key: string | number): z.ZodType | undefined {
  const { schema, notes } = bare(parent);
  if (notes.part !== undefined) return schemaBelow(notes.part(), key);
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
    return Object.hasOwn(shape, key) ? shape[key] : (schema.def.catchall as z.ZodType | undefined);
  }
  if (schema instanceof z.ZodRecord) return schema.def.valueType as z.ZodType;
  if (schema instanceof z.ZodArray) return schema.def.element as z.ZodType;
  if (schema instanceof z.ZodUnion) {
    return schema.def.options
      .map((option) => schemaBelow(option as z.ZodType, key))
      .find((found) => found !== undefined);
  }
  return undefined;
}

/** The keys that an object schema names; empty for any other schema. */
export function keysOf(wrapped: z.ZodType): readonly string[] {
  const { schema, notes } = bare(wrapped);
  if (notes.part !== undefined) return keysOf(notes.part());
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap((option) => keysOf(option as z.ZodType));
  return [];
}

/** Calls `visit` for every value that a schema knows about, parents first; false from it skips what is below. */
function walkValues(
  schema: z.ZodType,
  value: unknown,
  visit: (path: KeyPath, value: unknown, notes: KeyNotes) => boolean,
): void {
  const step = (current: z.ZodType, item: unknown, path: KeyPath): void => {
    if (item === undefined || !visit(path, item, bare(current).notes)) return;
    const entries: [string | number, unknown][] = Array.isArray(item)
      ? [...item.entries()]
      : isPlainObject(item)
        ? Object.entries(item)
        : [];
    for (const [key, below] of entries) {
      const next = schemaBelow(current, key);
      if (next !== undefined) step(next, below, [...path, key]);
    }
  };
  step(schema, value, []);
}

/** Paths of what a configuration asks for and this version does not have; the topmost key of each such part. */
export function findLaterKeys(schema: z.ZodType, value: unknown): readonly string[] {
  const found: string[] = [];
  walkValues(schema, value, (path, item, notes) => {
    if (notes.later !== true) return true;
    if (!asksForNothing(item, notes.inert ?? [])) found.push(joinPath(path));
    return false;
  });
  return found;
}

/** Every text that the schema says is a credential. */
export function findSecrets(schema: z.ZodType, value: unknown): readonly string[] {
  const found: string[] = [];
  walkValues(schema, value, (_path, item, notes) => {
    if (notes.secret === true && typeof item === "string") found.push(item);
    return true;
  });
  return found;
}

/** The path of every text that the schema says is a credential. */
export function findSecretPaths(schema: z.ZodType, value: unknown): readonly string[] {
  const found: string[] = [];
  walkValues(schema, value, (path, item, notes) => {
    if (notes.secret === true && typeof item === "string") found.push(joinPath(path));
    return true;
  });
  return found;
}

function asksForNothing(value: unknown, inert: readonly unknown[]): boolean {
  if (isPlainObject(value) && Object.keys(value).length === 0) return true;
  return inert.some((quiet) => covers(value, quiet));
}

/** Equal, or for objects: equal in every key that `part` has. */
function covers(value: unknown, part: unknown): boolean {
  if (!isPlainObject(part)) return Object.is(value, part);
  return isPlainObject(value) && Object.entries(part).every(([key, quiet]) => covers(value[key], quiet));
}

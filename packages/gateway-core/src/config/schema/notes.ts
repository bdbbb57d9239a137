import * as z from "zod";

/** What the schema knows of a key beyond its type. */
export interface KeyNotes {
  /** The key is accepted, but what it configures is not part of this version. */
  readonly later?: true;
  /** Values of a `later` key that ask for nothing, so that there is nothing to report. */
  readonly inert?: readonly unknown[];
  /** Builds the schema of a part that is checked apart. */
  readonly part?: () => z.ZodType;
  /** The value is a credential: it is masked in logs and never echoed in an error. */
  readonly secret?: true;
}

/** A constant table, filled while the schema modules load. */
export const keyNotes = new WeakMap<z.ZodType, KeyNotes>();

/** Marks a key as accepted but without effect in this version. `inert` values are not worth a warning. */
export function later<S extends z.ZodType>(schema: S, ...inert: readonly unknown[]): z.ZodOptional<S> {
  const marked = schema.optional();
  keyNotes.set(marked, { later: true, inert });
  return marked;
}

/**
 * A part that is accepted but without effect in this version, with a schema that is only built for files that have the
 * part: most have few of them, and the gateway should start without paying for the rest.
 */
export function laterPart(build: () => z.ZodType, ...inert: readonly unknown[]): z.ZodOptional<z.ZodUnknown> {
  const part = z.unknown().superRefine((value, context) => {
    if (value === undefined) return;
    const checked = build().safeParse(value, { jitless: true });
    for (const issue of checked.error?.issues ?? []) context.addIssue({ ...issue, path: [...issue.path] });
  });
  keyNotes.set(part, { part: build });
  return later(part, ...inert);
}

/**
 * A part with effect, with a schema that is only built for files that have the part. It gives what is written: such a
 * schema has no defaults.
 */
export function part<S extends z.ZodType>(
  description: string,
  build: () => S,
): z.ZodOptional<z.ZodType<z.output<S>, z.input<S>>> {
  const checked = z.unknown().superRefine((value, context) => {
    if (value === undefined) return;
    const result = build().safeParse(value, { jitless: true });
    for (const issue of result.error?.issues ?? []) context.addIssue({ ...issue, path: [...issue.path] });
  });
  keyNotes.set(checked, { part: build });
  return (checked as z.ZodType<z.output<S>, z.input<S>>).optional().describe(description);
}

/** A text that is a credential. */
export function secretText(description: string): z.ZodString {
  const schema = z.string().min(1).describe(description);
  keyNotes.set(schema, { secret: true });
  return schema;
}

export const text = (description: string): z.ZodString => z.string().min(1).describe(description);
export const flag = (description: string): z.ZodBoolean => z.boolean().describe(description);
export const texts = (description: string): z.ZodArray<z.ZodString> => z.array(z.string()).describe(description);

/** A whole number within bounds, both included. */
export function whole(minimum: number, maximum: number, description: string): z.ZodInt {
  return z.int().min(minimum).max(maximum).describe(description);
}

/** A map of which this version reads nothing, taken as it is. */
export const opaque = (): z.ZodRecord<z.ZodString, z.ZodUnknown> => z.record(z.string(), z.unknown());

import type * as z from "zod";

import { closest, describeIssues, type ValueIssue } from "./issues.ts";
import { keysOf } from "./walk.ts";
import { KNOWN_CHANNELS, outboundOverrideSchema } from "../schema/delivery.ts";
import { isPlainObject, type KeyPath, memberOf, setOwn } from "../source/tree.ts";

/** Keys of `channels.defaults` that stand in for the same key of a section. */
const INHERITED = ["groupPolicy"];

export interface CheckedSection {
  /** The section with its defaults, or as it was written when there are issues. */
  readonly section: unknown;
  readonly issues: readonly ValueIssue[];
}

export interface ChannelCheck {
  readonly id: string;
  readonly section: unknown;
  /** The section before variables were put in. */
  readonly written: unknown;
  readonly schema: z.ZodType | undefined;
  /** `channels.defaults`, as it is written. */
  readonly defaults: unknown;
}

/**
 * Checks the section of one channel by the channel's own schema. Keys that belong to the gateway (`outbound`, for the
 * channel or for one of its accounts) are taken out first and put back after; what `channels.defaults` says is put in where the section does not say it itself.
 */
export function checkChannel({ id, section, written, schema, defaults }: ChannelCheck): CheckedSection {
  if (schema === undefined) {
    if (KNOWN_CHANNELS.includes(id)) return { section, issues: [] };
    const meant = closest(id, KNOWN_CHANNELS);
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    return { section, issues: [{ path: [], message: `there is no channel of this name${hint}` }] };
  }
  const { own, overrides } = takeOverrides(section);
  if (isPlainObject(own)) inherit(own, defaults, schema);
  const checked = schema.safeParse(own, { jitless: true });
  const issues: ValueIssue[] = checked.success
    ? []
    : [...describeIssues(checked.error.issues, { schema, value: own, written })];
  for (const { path, value } of overrides) {
    const override = outboundOverrideSchema.safeParse(value, { jitless: true });
    if (override.success) continue;
    const context = { schema: outboundOverrideSchema, value, written: value };
    issues.push(
      ...describeIssues(override.error.issues, context).map((found) => ({ ...found, path: [...path, ...found.path] })),
    );
  }
  return { section: checked.success ? putBack(checked.data, overrides) : section, issues };
}

function inherit(own: Record<string, unknown>, defaults: unknown, schema: z.ZodType): void {
  for (const key of INHERITED) {
    const value = memberOf(defaults, key);
    if (value !== undefined && own[key] === undefined && keysOf(schema).includes(key)) own[key] = value;
  }
}

interface Override {
  readonly path: KeyPath;
  readonly value: unknown;
}

function takeOverrides(section: unknown): { readonly own: unknown; readonly overrides: readonly Override[] } {
  if (!isPlainObject(section)) return { own: section, overrides: [] };
  const { outbound, ...own } = section;
  const overrides: Override[] = outbound === undefined ? [] : [{ path: ["outbound"], value: outbound }];
  if (isPlainObject(own["accounts"])) {
    const accounts: Record<string, unknown> = {};
    for (const [accountId, account] of Object.entries(own["accounts"])) {
      if (!isPlainObject(account)) {
        setOwn(accounts, accountId, account);
        continue;
      }
      const { outbound: accountOutbound, ...rest } = account;
      setOwn(accounts, accountId, rest);
      if (accountOutbound !== undefined)
        overrides.push({ path: ["accounts", accountId, "outbound"], value: accountOutbound });
    }
    own["accounts"] = accounts;
  }
  return { own, overrides };
}

function putBack(section: unknown, overrides: readonly Override[]): unknown {
  if (overrides.length === 0 || !isPlainObject(section)) return section;
  const copy = structuredClone(section);
  for (const { path, value } of overrides) {
    let parent: unknown = copy;
    for (const key of path.slice(0, -1)) parent = memberOf(parent, key);
    if (isPlainObject(parent)) setOwn(parent, String(path.at(-1)), value);
  }
  return copy;
}

import * as z from "zod";

import { configSchema } from "../schema.ts";
import { looksSecret } from "./secrets.ts";
import { bare } from "./walk.ts";

/** How a form should show one key of the configuration. */
export interface UiHint {
  readonly label: string;
  readonly help?: string;
  readonly group?: string;
  readonly order?: number;
  readonly advanced?: boolean;
  readonly sensitive?: boolean;
}

const FIRST_SECTIONS = ["gateway", "agents", "models", "channels", "session", "messages", "tools", "cron", "logging"];

/** Hints for every key, by its path; `*` stands for a name or a position of one's own choosing. */
export function configUiHints(channels: Readonly<Record<string, z.ZodType>>): Readonly<Record<string, UiHint>> {
  const hints: Record<string, UiHint> = {};
  for (const [name, section] of Object.entries<z.ZodType>(configSchema.shape)) {
    const rank = FIRST_SECTIONS.indexOf(name);
    const order = rank < 0 ? 500 : (rank + 1) * 10;
    collect(section, name, hints, { group: words(name), order, ...(rank < 0 ? { advanced: true } : {}) });
  }
  for (const [id, section] of Object.entries(channels)) collect(section, `channels.${id}`, hints, {});
  return hints;
}

function collect(wrapped: z.ZodType, path: string, hints: Record<string, UiHint>, extra: Partial<UiHint>): void {
  const { schema, notes, description } = bare(wrapped);
  const key = path.split(".").findLast((part) => part !== "*") ?? path;
  hints[path] = {
    label: words(key),
    ...(description === undefined ? {} : { help: description }),
    ...extra,
    ...(notes.later === true ? { advanced: true } : {}),
    ...(notes.secret === true || (schema instanceof z.ZodString && looksSecret(key)) ? { sensitive: true } : {}),
  };
  if (schema instanceof z.ZodObject) {
    for (const [name, below] of Object.entries<z.ZodType>(schema.shape)) collect(below, `${path}.${name}`, hints, {});
  } else if (schema instanceof z.ZodRecord) collect(schema.def.valueType as z.ZodType, `${path}.*`, hints, {});
  else if (schema instanceof z.ZodArray && bare(schema.def.element as z.ZodType).schema instanceof z.ZodObject) {
    collect(schema.def.element as z.ZodType, `${path}.*`, hints, {});
  }
}

/** "maxConcurrentRuns" as "Max Concurrent Runs". */
function words(key: string): string {
  const spaced = key.replaceAll(/[-_]+/gu, " ").replaceAll(/([a-z0-9])([A-Z])/gu, "$1 $2");
  return spaced.replaceAll(/(^|\s)\S/gu, (first) => first.toUpperCase());
}

import * as z from "zod";

import { configSchema } from "../schema.ts";
import { KNOWN_CHANNELS } from "../schema/delivery.ts";
import { bare } from "./walk.ts";

interface Row {
  readonly path: string;
  readonly type: string;
  readonly standard: string;
  readonly meaning: string;
}

const OPENING = `# Configuration

Generated from the schema in \`packages/gateway-core/src/config/schema.ts\`. Do not edit.

The gateway reads \`~/.openclaw/openclaw.json\`, or the file that \`OPENCLAW_CONFIG_PATH\` names; a profile has its own
(\`~/.openclaw-<profile>/openclaw.json\`). The format is JSON5: JSON with comments, trailing commas and unquoted keys.
Every key may be left out, and without a file the defaults count. A key that is not listed here is an error.

- \`$include\` with a path, or a list of paths, puts other files in place: lists of files are merged in order, keys
  beside it come last. Paths count from the file that names them. Files may include others, ten levels deep.
- \`\${NAME}\` in a text is replaced by the environment variable of that name; \`$\${NAME}\` means the text itself.
- Variables come from the process environment, then \`.env\` in the working directory, then \`.env\` in the state
  directory, then the \`env\` section. What comes first wins. \`OPENCLAW_STATE_DIR\`, \`OPENCLAW_CONFIG_PATH\` and
  \`OPENCLAW_PROFILE\` count in the process environment only.
- A file of more than 1 MiB is refused.
- The last configuration that worked is kept in the state directory. A gateway that finds a broken file at a later
  start runs on that one and says so in its log, in \`health\` and in \`status\`.
`;

/** The reference page docs/config.md, in Markdown. */
export function renderConfigReference(): string {
  const shape = configSchema.shape as Readonly<Record<string, z.ZodType>>;
  const later: string[] = [];
  const sections = Object.entries(shape).flatMap(([name, schema]) => {
    if (bare(schema).notes.later === true) {
      later.push(name);
      return [];
    }
    const rows: Row[] = [];
    collect(schema, name, rows, later);
    return rows.length === 0 ? [] : [section(name, bare(schema).description ?? "", rows)];
  });
  const absent = later.toSorted().map((path) => `- \`${path}\``);
  return [
    OPENING,
    ...sections,
    `## channels.<id>\n\nEach channel describes its own section; see the README of its package. Every section, and every entry of its\n\`accounts\`, also takes \`outbound.unknownPolicy\`. Known ids: ${KNOWN_CHANNELS.map((id) => `\`${id}\``).join(", ")}.\n`,
    `## Accepted without effect\n\nThese keys are there so that an existing file loads; some of them are checked in outline only. What they configure is\nnot part of this version, and the gateway says so at start for those that a file sets.\n\n${absent.join("\n")}\n`,
  ].join("\n");
}

function section(name: string, description: string, rows: readonly Row[]): string {
  const body = rows.map((row) => `| \`${row.path}\` | ${row.type} | ${row.standard} | ${row.meaning} |`).join("\n");
  return `## ${name}\n\n${description}\n\n| key | takes | default | meaning |\n| --- | --- | --- | --- |\n${body}\n`;
}

function collect(wrapped: z.ZodType, path: string, rows: Row[], later: string[]): void {
  const { schema, notes, description, defaultValue } = bare(wrapped);
  if (notes.later === true) {
    later.push(path);
  } else if (notes.part !== undefined) {
    collect(notes.part(), path, rows, later);
  } else if (schema instanceof z.ZodObject) {
    for (const [key, below] of Object.entries<z.ZodType>(schema.shape)) {
      collect(below, `${path}.${key}`, rows, later);
    }
    const rest = schema.def.catchall as z.ZodType | undefined;
    if (rest !== undefined && bare(rest).description !== undefined) {
      collect(rest, `${path}.<name>`, rows, later);
    }
  } else if (schema instanceof z.ZodRecord && containsObject(schema.def.valueType as z.ZodType)) {
    collect(schema.def.valueType as z.ZodType, `${path}.<id>`, rows, later);
  } else if (schema instanceof z.ZodArray && containsObject(schema.def.element as z.ZodType)) {
    collect(schema.def.element as z.ZodType, `${path}[]`, rows, later);
  } else {
    const standard = defaultValue === undefined ? "" : `\`${JSON.stringify(defaultValue)}\``;
    rows.push({ path, type: takes(schema), standard, meaning: (description ?? "").replaceAll("|", "\\|") });
  }
}

function containsObject(schema: z.ZodType): boolean {
  return bare(schema).schema instanceof z.ZodObject;
}

function takes(wrapped: z.ZodType): string {
  const { schema } = bare(wrapped);
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `\`${option}\``).join(", ");
  if (schema instanceof z.ZodBoolean) return "true or false";
  if (schema instanceof z.ZodNumber) return numberRange(schema);
  if (schema instanceof z.ZodArray) return `list of ${takes(schema.def.element as z.ZodType)}`;
  if (schema instanceof z.ZodRecord) return `map of ${takes(schema.def.valueType as z.ZodType)}`;
  if (schema instanceof z.ZodUnion) {
    return schema.def.options.map((option) => takes(option as z.ZodType)).join(" or ");
  }
  if (schema instanceof z.ZodObject)
    return `object with ${Object.keys(schema.shape)
      .map((key) => `\`${key}\``)
      .join(", ")}`;
  // The only checked value of an unknown type is a variable of the env section.
  if (schema instanceof z.ZodUnknown) return (schema.def.checks ?? []).length > 0 ? "text" : "anything";
  return schema instanceof z.ZodURL ? "address" : "text";
}

function numberRange(schema: z.ZodNumber): string {
  const { minValue, maxValue } = schema;
  const whole = schema instanceof z.ZodNumberFormat ? "whole number" : "number";
  const from = minValue === null || minValue === Number.MIN_SAFE_INTEGER ? "" : ` from ${minValue}`;
  const to =
    maxValue === null || maxValue === Number.MAX_SAFE_INTEGER || maxValue === Infinity ? "" : ` to ${maxValue}`;
  return `${whole}${from === " from -Infinity" ? "" : from}${to}`;
}

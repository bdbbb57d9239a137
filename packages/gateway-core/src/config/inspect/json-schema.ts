import * as z from "zod";

import { configSchema } from "../schema.ts";
import { bare } from "./walk.ts";

/** The configuration file as JSON Schema (draft 7), the sections of the given channels included. */
export function configJsonSchema(channels: Readonly<Record<string, z.ZodType>>): Readonly<Record<string, unknown>> {
  const schema = toJsonSchema(configSchema);
  const properties = schema["properties"] as Record<string, Record<string, unknown>>;
  const section = properties["channels"];
  if (section) {
    const own = section["properties"] as Record<string, unknown> | undefined;
    const known = Object.entries(channels).map(([id, channel]) => [id, toJsonSchema(channel)]);
    section["properties"] = { ...own, ...Object.fromEntries(known) };
  }
  return { ...schema, title: "OpenClawConfig" };
}

function toJsonSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Parts that are checked apart are described in place all the same.
      const part = zodSchema instanceof z.ZodUnknown ? bare(zodSchema).notes.part : undefined;
      if (part) Object.assign(jsonSchema, withoutDialect(toJsonSchema(part())));
    },
  });
}

function withoutDialect({ $schema: _dialect, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema;
}

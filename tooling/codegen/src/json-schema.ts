import { type JsonSchema, toJsonSchema } from "@openclaw/protocol/json-schema";
import * as z from "zod";

import type { Catalog } from "./collect.ts";
import { pascalCase } from "./names.ts";

export const SCHEMA_ID = "urn:openclaw:gateway-protocol";

export interface Definition extends JsonSchema {
  readonly description?: string;
}

/** The one JSON Schema document of the wire. */
export interface SchemaDocument {
  readonly $schema: string;
  readonly $id: string;
  readonly title: string;
  readonly description: string;
  readonly anyOf: readonly JsonSchema[];
  readonly definitions: Readonly<Record<string, Definition>>;
}

/** Builds the document: one definition per named type. */
export async function buildSchema(catalog: Catalog): Promise<SchemaDocument> {
  const named = namedTypes(catalog);
  const aliases: Record<string, Definition> = {};
  const shape: Record<string, z.ZodType> = {};
  for (const { name, schema, description } of named) {
    const id = z.globalRegistry.get(schema)?.id;
    if (id !== undefined && id !== name) {
      aliases[name] = { $ref: reference(id) };
    } else if (id === undefined) {
      z.globalRegistry.add(schema, { description, ...z.globalRegistry.get(schema), id: name });
    }
    shape[name] = schema;
  }
  const whole = await toJsonSchema(z.object(shape));
  const definitions: Record<string, Definition> = { ...aliases };
  for (const [name, definition] of entries(whole["definitions"])) definitions[name] = toDefinition(name, definition);
  for (const { name } of named) {
    if (!(name in definitions)) throw new Error(`The definition ${name} is missing from the JSON Schema.`);
  }
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: SCHEMA_ID,
    title: "OpenClaw gateway protocol",
    description: "Every frame of the gateway's WebSocket, and what it carries. One definition per type.",
    anyOf: ["RequestFrame", "ResponseFrame", "EventFrame"].map((name) => ({ $ref: reference(name) })),
    definitions: sorted(definitions),
  };
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function toDefinition(name: string, value: unknown): Definition {
  const definition = plain(value);
  if (typeof definition === "object" && definition !== null) return { ...definition };
  throw new Error(`The definition ${name} is not an object.`);
}

/** Takes away the wrapper that some references come in: an allOf of one. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, plain(item)]);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === "allOf" && Array.isArray(first[1]) && first[1].length === 1) {
    return first[1][0];
  }
  return Object.fromEntries(entries);
}

export function reference(name: string): string {
  return `#/definitions/${name}`;
}

export function paramsName(method: string): string {
  return `${pascalCase(method)}Params`;
}

export function resultName(method: string): string {
  return `${pascalCase(method)}Result`;
}

export function acceptedName(method: string): string {
  return `${pascalCase(method)}Accepted`;
}

export function eventName(event: string): string {
  return `${pascalCase(event)}Event`;
}

interface NamedType {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly description?: string;
}

function namedTypes(catalog: Catalog): NamedType[] {
  return [
    ...catalog.entities,
    ...catalog.methods.flatMap(({ name, contract, params }) => [
      { name: paramsName(name), schema: params, description: `Parameters of ${name}.` },
      { name: resultName(name), schema: contract.result, description: `Answer of ${name}.` },
      ...(contract.accepted
        ? [{ name: acceptedName(name), schema: contract.accepted, description: `First answer of ${name}.` }]
        : []),
    ]),
    ...catalog.events.map(({ name, contract }) => ({
      name: eventName(name),
      schema: contract.payload,
      description: `Payload of the event ${name}.`,
    })),
  ];
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
}

import { readFileSync } from "node:fs";

import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

interface PublishedSchema {
  readonly methods: Readonly<Record<string, { readonly scope?: string }>>;
  readonly definitions: Readonly<Record<string, unknown>>;
}

// The package does not export the file, but has it beside its modules.
const file = new URL("../protocol.schema.json", import.meta.resolve("stock-gateway-protocol"));
const published = JSON.parse(readFileSync(file, "utf8")) as PublishedSchema;

/**
 * The schema that is published for protocol 4, with one difference: objects may have keys that it does not list. Both
 * generations of clients ignore those, and this gateway answers both with the union of their keys.
 */
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, logger: false });
ajv.addSchema({ $id: "published", definitions: open(published.definitions) });

export function isPublishedMethod(method: string): boolean {
  return Object.hasOwn(published.methods, method);
}

/** The scope that the published table states for a method. */
export function publishedScope(method: string): string | undefined {
  return published.methods[method]?.scope;
}

/** What a value lacks of a published type, as lines; undefined when there is no such type. */
export function problemsWith(type: string, value: unknown): string[] | undefined {
  if (!Object.hasOwn(published.definitions, type)) return undefined;
  const validate: ValidateFunction = ajv.compile({ $ref: `published#/definitions/${type}` });
  return validate(value) ? [] : (validate.errors ?? []).map(line);
}

/** `chat.send` with `Params` is `ChatSendParams`. */
export function typeName(name: string, suffix: string): string {
  const words = name.split(/[.-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join("")}${suffix}`;
}

function line({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath} ${message ?? ""} ${JSON.stringify(params)}`;
}

function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => key !== "additionalProperties" || item !== false)
      .map(([key, item]) => [key, open(item)]),
  );
}

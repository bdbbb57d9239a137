import type { SchemaDocument } from "../json-schema.ts";

/** Reads a committed schema. Throws when it is not one. */
export function parseSchema(text: string): SchemaDocument {
  const document: unknown = JSON.parse(text);
  if (!isDocument(document)) throw new Error("protocol.schema.json holds no definitions; expected a JSON Schema.");
  return document;
}

function isDocument(value: unknown): value is SchemaDocument {
  return (
    typeof value === "object" &&
    value !== null &&
    "definitions" in value &&
    typeof value.definitions === "object" &&
    value.definitions !== null
  );
}

import type { Definition } from "../json-schema.ts";

/** One row of a table of fields. */
export interface FieldRow {
  /** With the path for fields of nested objects, for example "sessions.count". */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly meaning: string;
}

/** The fields of an object schema, nested objects flattened. */
export function fieldRows(schema: Definition, prefix = ""): FieldRow[] {
  const properties = asRecord(schema["properties"]);
  const required = asStrings(schema["required"]);
  return Object.entries(properties).flatMap(([key, value]) => {
    const field = asRecord(value);
    const row = {
      name: `${prefix}${key}`,
      type: typeText(field),
      required: required.includes(key),
      meaning: [describe(field), bounds(field)].filter(Boolean).join(" "),
    };
    return [row, ...nestedRows(field, `${prefix}${key}`)];
  });
}

function nestedRows(field: Definition, name: string): FieldRow[] {
  if ("properties" in field) return fieldRows(field, `${name}.`);
  const items = asRecord(field["items"]);
  return "properties" in items ? fieldRows(items, `${name}[].`) : [];
}

/** A type as a reader of the page sees it; names of definitions link to their section. */
export function typeText(schema: Definition): string {
  const reference = schema["$ref"];
  if (typeof reference === "string") return link(reference.replace("#/definitions/", ""));
  if ("const" in schema) return `\`${JSON.stringify(schema["const"])}\``;
  const values = schema["enum"];
  if (Array.isArray(values)) return values.map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
  const alternatives = schema["anyOf"];
  if (Array.isArray(alternatives)) return alternatives.map((item) => typeText(asRecord(item))).join(" or ");
  if (schema["type"] === "array") return `list of ${typeText(asRecord(schema["items"]))}`;
  if (schema["type"] === "object") {
    return "properties" in schema ? "object" : `map to ${typeText(asRecord(schema["additionalProperties"]))}`;
  }
  return typeof schema["type"] === "string" ? schema["type"] : "any";
}

export function link(name: string): string {
  return `[${name}](#type-${name.toLowerCase()})`;
}

function describe(schema: Definition): string {
  return typeof schema.description === "string" ? schema.description : "";
}

/** Bounds worth knowing: those of numbers and long texts; every short string has one and needs no mention. */
function bounds(schema: Definition): string {
  const { minimum, maximum, maxLength } = schema as { minimum?: unknown; maximum?: unknown; maxLength?: unknown };
  if (typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER) {
    return `${String(minimum)} to ${maximum.toLocaleString("en")}.`;
  }
  return typeof maxLength === "number" && maxLength > 1024
    ? `At most ${maxLength.toLocaleString("en")} characters.`
    : "";
}

export function asRecord(value: unknown): Definition {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function asStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

import * as z from "zod";
import type { ZodTypeAny as Zod3Type } from "zod/v3";

/** A JSON Schema of draft-07. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** A schema could not be turned into a JSON Schema that says the same. */
export class JsonSchemaError extends Error {
  override readonly name = "JsonSchemaError";
}

/**
 * The JSON Schema (draft-07, of the input) of a zod schema: of zod 4, or of the zod 3 API, which third-party tools
 * still hand over. Throws JsonSchemaError for anything else, for what JSON Schema can not express, and for a result
 * that would accept everything although the schema does not.
 */
export async function toJsonSchema(schema: unknown): Promise<JsonSchema> {
  if (isZod4(schema)) return fromZod4(schema);
  if (isZod3(schema)) return fromZod3(schema);
  throw new JsonSchemaError("Expected a zod schema (version 4, or the version 3 API); pass a JSON Schema as it is.");
}

function isZod4(schema: unknown): schema is z.core.$ZodType {
  return typeof schema === "object" && schema !== null && "_zod" in schema;
}

function isZod3(schema: unknown): schema is Zod3Type {
  if (typeof schema !== "object" || schema === null || !("_def" in schema)) return false;
  const definition: unknown = schema._def;
  return (
    typeof definition === "object" &&
    definition !== null &&
    "typeName" in definition &&
    typeof definition.typeName === "string"
  );
}

function fromZod4(schema: z.core.$ZodType): JsonSchema {
  let result: JsonSchema;
  try {
    result = z.toJSONSchema(schema, { target: "draft-07", io: "input", unrepresentable: "throw", override: markTag });
  } catch (thrown) {
    throw new JsonSchemaError(`The schema has no JSON Schema: ${reason(thrown)}`, { cause: thrown });
  }
  return refuseEmpty(result, schema._zod.def.type);
}

/** Lets AJV decide a tagged union by its tag, and complain about the right alternative only. */
function markTag({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }) {
  const definition = zodSchema._zod.def;
  if (definition.type !== "union" || !("discriminator" in definition)) return;
  jsonSchema.type = "object";
  jsonSchema["discriminator"] = { propertyName: definition.discriminator };
}

async function fromZod3(schema: Zod3Type): Promise<JsonSchema> {
  const { zodToJsonSchema } = await import("zod-to-json-schema");
  let result: JsonSchema;
  try {
    result = { ...zodToJsonSchema(schema, { target: "jsonSchema7", $refStrategy: "none" }) };
  } catch (thrown) {
    throw new JsonSchemaError(`The schema has no JSON Schema: ${reason(thrown)}`, { cause: thrown });
  }
  const { typeName } = schema._def as { readonly typeName: string };
  return refuseEmpty(result, typeName === "ZodAny" || typeName === "ZodUnknown" ? "any" : typeName);
}

/** A library that does not know a schema answers with the empty one, which accepts anything. */
function refuseEmpty(result: JsonSchema, type: string): JsonSchema {
  if (Object.keys(result).some((key) => key !== "$schema") || type === "any" || type === "unknown") return result;
  throw new JsonSchemaError(
    "The schema came out empty, so it would accept anything. It was made by an incompatible version of zod; use zod 4.",
  );
}

function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import * as z3 from "zod/v3";

import { JsonSchemaError, toJsonSchema } from "../src/json-schema.ts";

function accepts(schema: object, value: unknown): boolean {
  return new Ajv({ strict: true, allowUnionTypes: true, discriminator: true }).compile(schema)(value);
}

describe("schemas of zod 4", () => {
  test("an object: required, optional, bounds, nothing else", async () => {
    const schema = await toJsonSchema(z.strictObject({ city: z.string().min(1), days: z.int().min(1).optional() }));
    expect(schema).toMatchObject({
      type: "object",
      properties: { city: { type: "string", minLength: 1 }, days: { type: "integer", minimum: 1 } },
      required: ["city"],
      additionalProperties: false,
    });
  });

  test("a default makes a field optional: the schema is of what comes in", async () => {
    expect(await toJsonSchema(z.object({ unit: z.string().default("C") }))).not.toHaveProperty("required");
  });

  test("a tagged union is decided by its tag", async () => {
    const schema = await toJsonSchema(
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("a"), x: z.int() }),
        z.object({ kind: z.literal("b"), y: z.string() }),
      ]),
    );
    expect(schema).toMatchObject({ type: "object", discriminator: { propertyName: "kind" } });
    expect(accepts(schema, { kind: "a", x: 1 })).toBe(true);
    expect(accepts(schema, { kind: "b", x: 1 })).toBe(false);
    expect(accepts(schema, { kind: "c" })).toBe(false);
  });

  test("what JSON can not hold is an error, not a schema that accepts anything", async () => {
    await expect(toJsonSchema(z.object({ when: z.date() }))).rejects.toThrow(JsonSchemaError);
    await expect(toJsonSchema(z.bigint())).rejects.toThrow(/no JSON Schema/);
  });

  test("any and unknown may be empty", async () => {
    expect(await toJsonSchema(z.unknown())).toEqual({ $schema: "http://json-schema.org/draft-07/schema#" });
    expect(await toJsonSchema(z.any())).toEqual({ $schema: "http://json-schema.org/draft-07/schema#" });
  });
});

describe("schemas of the zod 3 API, as third-party tools make them", () => {
  test("an object", async () => {
    const schema = await toJsonSchema(z3.object({ city: z3.string(), days: z3.number().int().optional() }));
    expect(schema).toMatchObject({
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
      required: ["city"],
      additionalProperties: false,
    });
    expect(accepts(schema, { city: "Oslo", days: 2 })).toBe(true);
    expect(accepts(schema, { days: 2 })).toBe(false);
  });

  test("a type used twice is written out twice, so that no reference is left", async () => {
    const place = z3.object({ name: z3.string() });
    expect(JSON.stringify(await toJsonSchema(z3.object({ from: place, to: place })))).not.toContain("$ref");
  });

  test("any may be empty", async () => {
    expect(await toJsonSchema(z3.any())).toEqual({ $schema: "http://json-schema.org/draft-07/schema#" });
  });
});

describe("what is no zod schema", () => {
  test.each([[undefined], [null], ["string"], [{ type: "object" }], [{ _def: {} }], [{ _def: null }]])(
    "%j is refused",
    async (value) => {
      await expect(toJsonSchema(value)).rejects.toThrow(/Expected a zod schema/);
    },
  );

  test("a zod 3 schema of an unknown kind would come out empty, and is refused", async () => {
    await expect(toJsonSchema({ _def: { typeName: "ZodHologram" } })).rejects.toThrow(/accept anything/);
  });
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonSchema } from "@openclaw/protocol/json-schema";
import { describe, expect, test } from "vitest";

import { announcesMajor } from "../src/compatibility/changesets.ts";
import { breakingChanges } from "../src/compatibility/compare.ts";
import { parseSchema } from "../src/compatibility/schema-file.ts";
import type { SchemaDocument } from "../src/json-schema.ts";

const text = { type: "string" };
const object = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

function schema(definitions: Record<string, JsonSchema>): SchemaDocument {
  return { $schema: "", $id: "", title: "", description: "", anyOf: [], definitions };
}

function broken(name: string, before: JsonSchema, after: JsonSchema): string[] {
  return breakingChanges(schema({ [name]: before }), schema({ [name]: after })).map(
    ({ path, reason }) => `${path} ${reason}`,
  );
}

describe("R5.9 what breaks a client that was built before", () => {
  test("a type that is gone", () => {
    expect(breakingChanges(schema({ SendParams: text, Other: text }), schema({ Other: text }))).toEqual([
      { path: "SendParams", reason: "was removed" },
    ]);
  });

  test.each<[string, JsonSchema, JsonSchema, string]>([
    ["a new required parameter", object({}), object({ to: text }, ["to"]), "P.to has become required"],
    [
      "a parameter that became required",
      object({ to: text }),
      object({ to: text }, ["to"]),
      "P.to has become required",
    ],
    ["a parameter that is gone", object({ to: text }), object({}), "P.to is no longer taken"],
    [
      "a type less",
      object({ to: { anyOf: [text, { type: "null" }] } }),
      object({ to: text }),
      "P.to no longer takes null",
    ],
    ["a word less", object({ to: { enum: ["a", "b"] } }), object({ to: { enum: ["a"] } }), 'P.to no longer takes "b"'],
    ["a word where any was", object({ to: text }), object({ to: { const: "a" } }), "P.to no longer takes string"],
    ["anything where it was", object({ to: {} }), object({ to: text }), "P.to no longer takes anything"],
    [
      "shorter",
      object({ to: { ...text, maxLength: 9 } }),
      object({ to: { ...text, maxLength: 8 } }),
      "P.to maxLength is smaller",
    ],
    ["bounded", object({ to: text }), object({ to: { ...text, maxLength: 8 } }), "P.to maxLength is smaller"],
    ["longer", object({ to: text }), object({ to: { ...text, minLength: 1 } }), "P.to minLength is larger"],
    ["a pattern", object({ to: text }), object({ to: { ...text, pattern: "^a" } }), "P.to has another pattern"],
    [
      "an item",
      object({ to: { type: "array", items: {} } }),
      object({ to: { type: "array", items: text } }),
      "P.to[] no longer takes anything",
    ],
  ])("in parameters: %s", (_name, before, after, expected) => {
    expect(broken("SendParams", before, after)).toEqual([expected.replace(/^P/, "SendParams")]);
  });

  test.each<[string, JsonSchema, JsonSchema, string]>([
    ["a key that is gone", object({ id: text }), object({}), "R.id is no longer there"],
    ["a key that may be missing", object({ id: text }, ["id"]), object({ id: text }), "R.id may now be missing"],
    ["another type", object({ id: text }), object({ id: { anyOf: [text, { type: "null" }] } }), "R.id may now be null"],
    ["a text where words were", object({ id: { enum: ["a"] } }), object({ id: text }), "R.id may now be string"],
    ["a fraction", object({ id: { type: "integer" } }), object({ id: { type: "number" } }), "R.id may now be number"],
  ])("in answers: %s", (_name, before, after, expected) => {
    expect(broken("SendResult", before, after)).toEqual([expected.replace(/^R/, "SendResult")]);
  });

  test("a shared type counts for what it is used for, through references and in itself", () => {
    const before = {
      Part: object({ text, part: { $ref: "#/definitions/Part" } }, ["text"]),
      SendParams: object({ part: { $ref: "#/definitions/Part" } }),
      SendResult: object({ part: { $ref: "#/definitions/Part" } }),
    };
    const after = { ...before, Part: object({ text, part: { $ref: "#/definitions/Part" } }) };
    expect(breakingChanges(schema(before), schema(after))).toEqual([
      { path: "Part.text", reason: "may now be missing" },
    ]);
  });

  test("what clients do not notice: new optional parameters, keys, words and methods, wider limits", () => {
    expect(
      broken("SendParams", object({ to: { enum: ["a"] } }), object({ to: { enum: ["a", "b"] }, more: text })),
    ).toEqual([]);
    expect(broken("SendParams", object({ to: { ...text, maxLength: 8 } }), object({ to: text }))).toEqual([]);
    expect(broken("SendParams", object({ to: { type: "integer" } }), object({ to: { type: "number" } }))).toEqual([]);
    expect(
      broken("SendResult", object({ id: { enum: ["a"] } }), object({ id: { enum: ["a", "b"] }, more: text })),
    ).toEqual([]);
    expect(broken("SendResult", object({ id: text }), object({ id: text }, ["id"]))).toEqual([]);
    expect(breakingChanges(schema({}), schema({ NewParams: text }))).toEqual([]);
  });

  test("the committed schema is compatible with itself, and not with one whose parameters shrank", async () => {
    const file = new URL("../../../packages/protocol/gen/protocol.schema.json", import.meta.url);
    const committed = parseSchema(await readFile(file, "utf8"));
    expect(breakingChanges(committed, committed)).toEqual([]);
    const parameters = committed.definitions["ChatSendParams"];
    const { thinking, ...others } = { ...(parameters?.["properties"] as Record<string, JsonSchema>) };
    expect(thinking).toBeDefined();
    const shrunk = {
      ...committed,
      definitions: { ...committed.definitions, ChatSendParams: { ...parameters, properties: others } },
    };
    expect(breakingChanges(committed, shrunk)).toEqual([
      { path: "ChatSendParams.thinking", reason: "is no longer taken" },
    ]);
  });
});

test("only a changeset that says major for the package announces it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "changesets-"));
  try {
    await writeFile(
      join(folder, "a.md"),
      '---\n"@openclaw/protocol": minor\n"openclaw": major\n---\n\n"@openclaw/protocol": major\n',
    );
    expect(await announcesMajor(folder, "@openclaw/protocol")).toBe(false);
    await writeFile(join(folder, "b.md"), "---\n'@openclaw/protocol': major\n---\n\nMoved.\n");
    expect(await announcesMajor(folder, "@openclaw/protocol")).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a file that is no schema is refused", () => {
  expect(() => parseSchema("[]")).toThrow("expected a JSON Schema");
});

import { defineEvent, defineMethod } from "@openclaw/protocol/contracts";
import { describe, expect, test } from "vitest";
import * as z from "zod";

import { collect, entitiesOf, eventOf, methodOf } from "../src/collect.ts";

const base = {
  summary: "Does something.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({ limit: z.int().optional() }),
  result: z.object({}),
  idempotency: "none",
  errors: [],
  example: { params: {}, result: {} },
} as const;

describe("what a method's file must be", () => {
  test("its contract, under the file's name in camel case", () => {
    const thingsList = defineMethod({ name: "things.list", ...base });
    expect(methodOf("things.list.ts", { thingsList })).toMatchObject({ name: "things.list", exportName: "thingsList" });
    expect(() => methodOf("things.list.ts", { things: thingsList })).toThrow(
      'must export its contract as "thingsList"',
    );
    expect(() => methodOf("other.ts", { other: thingsList })).toThrow('other.ts names itself "things.list"');
  });

  test("strict about its parameters", () => {
    const a = defineMethod({ name: "a", ...base, params: z.object({}) });
    expect(() => methodOf("a.ts", { a })).toThrow("params must be a z.strictObject");
  });

  test("idempotent by key exactly when it has the key", () => {
    const without = defineMethod({ name: "a", ...base, idempotency: "key" });
    expect(() => methodOf("a.ts", { a: without })).toThrow("exactly when params has an idempotencyKey");
    const params = z.strictObject({ idempotencyKey: z.string() });
    const needless = defineMethod({
      name: "a",
      ...base,
      params,
      example: { params: { idempotencyKey: "k" }, result: {} },
    });
    expect(() => methodOf("a.ts", { a: needless })).toThrow("exactly when params has an idempotencyKey");
  });

  test("clear about what it ignores", () => {
    const clash = defineMethod({ name: "a", ...base, ignoredParams: ["limit"] });
    expect(() => methodOf("a.ts", { a: clash })).toThrow('"limit" is a parameter');
    const fine = methodOf("a.ts", { a: defineMethod({ name: "a", ...base, ignoredParams: ["view"] }) });
    expect(fine.params.safeParse({ view: { any: "value" } }).success).toBe(true);
    expect(fine.params.safeParse({ surprise: 1 }).success).toBe(false);
  });
});

test("an event's file exports its contract with Event at the end", () => {
  const rainEvent = defineEvent({
    name: "rain",
    summary: "It rains.",
    scope: null,
    roles: ["node"],
    droppable: true,
    payload: z.object({}),
    example: {},
  });
  expect(eventOf("rain.ts", { rainEvent })).toMatchObject({ name: "rain" });
  expect(() => eventOf("rain.ts", { rain: rainEvent })).toThrow('must export its contract as "rainEvent"');
  expect(() => eventOf("snow.ts", { snowEvent: rainEvent })).toThrow('snow.ts names itself "rain"');
});

test("a shared object's id is the name of its export", () => {
  const rowThing = z.object({}).meta({ id: "TestRowThing" });
  expect(() => entitiesOf("row.ts", { rowThing })).toThrow('has the id "TestRowThing"; expected "RowThing"');
  expect(entitiesOf("row.ts", { testRowThing: rowThing, helper: z.string(), limit: 5 })).toEqual([
    { name: "TestRowThing", exportName: "testRowThing", file: "row.ts", schema: rowThing },
  ]);
});

test("the protocol package keeps every convention", async () => {
  const catalog = await collect(new URL("../../../packages/protocol/src", import.meta.url).pathname);
  expect(catalog.methods.length).toBeGreaterThanOrEqual(31);
  expect(catalog.events.length).toBeGreaterThanOrEqual(10);
  const names = catalog.entities.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

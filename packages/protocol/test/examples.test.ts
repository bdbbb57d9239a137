import { readFileSync } from "node:fs";

import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import * as z from "zod";

import { EVENT_CONTRACTS, METHOD_CONTRACTS } from "../src/contracts.ts";
import { formatValidationErrors, paramsValidators } from "../src/validators.ts";

/** The published schema, compiled by a validator that knows nothing of zod. */
const ajv = new Ajv({ strict: true, allowUnionTypes: true, discriminator: true });
const published = z
  .looseObject({ $id: z.string(), definitions: z.record(z.string(), z.looseObject({})) })
  .parse(JSON.parse(readFileSync(new URL("../gen/protocol.schema.json", import.meta.url), "utf8")));
ajv.addSchema(published);

function definition(name: string) {
  const validate = ajv.getSchema(`${published.$id}#/definitions/${name}`);
  if (!validate) throw new Error(`The published schema has no definition "${name}".`);
  return (value: unknown): string | undefined =>
    validate(value)
      ? undefined
      : formatValidationErrors(validate.errors?.map((error) => ({ ...error, message: error.message ?? "" })));
}

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|[.-])([a-z])/g, (_match, letter: string) => letter.toUpperCase());

test("R5.9 the published schema compiles, every definition of it", () => {
  expect(Object.keys(published.definitions).length).toBeGreaterThan(100);
  for (const name of Object.keys(published.definitions)) expect(() => definition(name), name).not.toThrow();
});

test("R5.9 the root of the published schema takes frames and nothing else", () => {
  const frame = ajv.getSchema(published.$id);
  expect(frame?.({ type: "req", id: "1", method: "health" })).toBe(true);
  expect(frame?.({ type: "event", event: "tick", payload: { ts: 1 } })).toBe(true);
  expect(frame?.({ type: "nonsense" })).toBe(false);
});

describe.each(Object.values(METHOD_CONTRACTS).map((contract) => ({ name: contract.name, contract })))(
  "$name",
  ({ name, contract }) => {
    test("its example is right by zod and by the published schema", () => {
      expect(contract.params.safeParse(contract.example.params).error).toBeUndefined();
      expect(contract.result.safeParse(contract.example.result).error).toBeUndefined();
      expect(definition(`${pascal(name)}Params`)(contract.example.params)).toBeUndefined();
      expect(definition(`${pascal(name)}Result`)(contract.example.result)).toBeUndefined();
    });

    test("its example survives the wire", () => {
      expect(contract.result.parse(JSON.parse(JSON.stringify(contract.example.result)))).toEqual(
        contract.example.result,
      );
    });

    test("a parameter nobody knows is refused, one that another generation sends is not", () => {
      const validate = name === "connect" ? undefined : paramsValidators[name];
      if (!validate) return;
      expect(validate({ ...contract.example.params, surprise: 1 })).toBe(false);
      expect(formatValidationErrors(validate.errors)).toBe("at root: unexpected property 'surprise'");
      for (const ignored of contract.ignoredParams ?? []) {
        expect(validate({ ...contract.example.params, [ignored]: { any: ["value"] } }), ignored).toBe(true);
      }
    });
  },
);

test.each(Object.values(EVENT_CONTRACTS).map((contract) => ({ name: contract.name, contract })))(
  "event $name: its example is right by zod and by the published schema",
  ({ name, contract }) => {
    expect(contract.payload.safeParse(contract.example).error).toBeUndefined();
    expect(definition(`${pascal(name)}Event`)(contract.example)).toBeUndefined();
  },
);

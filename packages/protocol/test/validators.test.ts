import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { METHOD_CONTRACTS } from "../src/contracts.ts";
import { METHODS } from "../src/index.ts";
import {
  formatValidationErrors,
  paramsValidators,
  type Validator,
  validateConnectParams,
  validateRequestFrame,
} from "../src/validators.ts";

function complaint(validate: Validator, value: unknown): string | undefined {
  return validate(value) ? undefined : formatValidationErrors(validate.errors);
}

const connect = METHOD_CONTRACTS.connect.example.params;

describe("R5.8 what a caller reads about a bad frame or parameter", () => {
  test.each<[string, Validator, unknown, string]>([
    ["no params", validateConnectParams, undefined, "must be object"],
    ["an array", paramsValidators["sessions.list"], [], "must be object"],
    ["an unknown key", validateConnectParams, { ...connect, foo: 1 }, "at root: unexpected property 'foo'"],
    [
      "an unknown key as long as a message",
      validateConnectParams,
      { ...connect, ["k".repeat(70_000)]: 1 },
      `at root: unexpected property '${"k".repeat(120)}…'`,
    ],
    [
      "a nested unknown key",
      validateConnectParams,
      { ...connect, client: { ...connect.client, foo: 1 } },
      "at /client: unexpected property 'foo'",
    ],
    [
      "a missing key",
      paramsValidators["chat.send"],
      { sessionKey: "main", message: "hi" },
      "must have required property 'idempotencyKey'",
    ],
    [
      "a missing nested key",
      validateConnectParams,
      { ...connect, client: { id: "cli", platform: "linux", mode: "cli" } },
      "at /client: must have required property 'version'",
    ],
    [
      "too small a number",
      paramsValidators["chat.history"],
      { sessionKey: "main", limit: 0 },
      "at /limit: must be >= 1",
    ],
    ["too large a number", paramsValidators["logs.tail"], { limit: 5001 }, "at /limit: must be <= 5000"],
    ["a fraction", paramsValidators["logs.tail"], { limit: 1.5 }, "at /limit: must be integer"],
    [
      "an empty string",
      paramsValidators["agent"],
      { message: "", idempotencyKey: "k" },
      "at /message: must NOT have fewer than 1 characters",
    ],
    ["version 0", validateConnectParams, { ...connect, minProtocol: 0 }, "at /minProtocol: must be >= 1"],
    [
      "an empty role",
      validateConnectParams,
      { ...connect, role: "" },
      "at /role: must NOT have fewer than 1 characters",
    ],
    [
      "neither alternative",
      paramsValidators["send"],
      { to: "x", idempotencyKey: "k", threadId: {} },
      "at /threadId: must be string; at /threadId: must be integer",
    ],
    ["a frame without id", validateRequestFrame, { type: "req", method: "health" }, "must have required property 'id'"],
    ["a numeric id", validateRequestFrame, { type: "req", id: 1, method: "health" }, "at /id: must be string"],
    [
      "a surprise in a frame",
      validateRequestFrame,
      { type: "req", id: "1", method: "health", extra: 1 },
      "at root: unexpected property 'extra'",
    ],
    ["null", validateRequestFrame, null, "must be object"],
  ])("%s", (_title, validate, value, expected) => {
    expect(complaint(validate, value)).toBe(expected);
  });

  test("an unknown word is answered with the ones that exist", () => {
    expect(complaint(validateConnectParams, { ...connect, client: { ...connect.client, mode: "operator" } })).toBe(
      "at /client/mode: must be equal to one of the allowed values (cli, ui, webchat, backend, node, probe, worker, test)",
    );
  });

  test("no errors at all is still a sentence", () => {
    expect(formatValidationErrors(null)).toBe("unknown validation error");
    expect(formatValidationErrors([])).toBe("unknown validation error");
  });
});

test("every method has a validator and nothing else has", () => {
  expect(Object.keys(paramsValidators).sort()).toEqual(Object.keys(METHODS).sort());
});

test("R6.5 R6.6 methods that are idempotent by key refuse a call without one", () => {
  const keyed = [
    "agent",
    "chat.send",
    "message.action",
    "node.invoke",
    "poll",
    "send",
    "sessions.send",
    "sessions.steer",
  ] as const;
  const rows = Object.entries(METHODS).filter(([, row]) => row.idempotency === "key");
  expect(rows.map(([name]) => name)).toEqual(keyed);
  for (const name of keyed) {
    const { idempotencyKey: _, ...rest } = METHOD_CONTRACTS[name].example.params;
    expect(complaint(paramsValidators[name], rest)).toBe("must have required property 'idempotencyKey'");
  }
});

test("the text of a message has a bound", () => {
  const message = { sessionKey: "main", idempotencyKey: "k" };
  expect(paramsValidators["chat.send"]({ ...message, message: "x".repeat(1_048_576) })).toBe(true);
  expect(paramsValidators["chat.send"]({ ...message, message: "x".repeat(1_048_577) })).toBe(false);
});

describe("R5.8 the compiled validators and the contracts agree about any input", () => {
  const contracts = Object.values(METHOD_CONTRACTS).map((contract) => ({
    name: contract.name,
    validate: contract.name === "connect" ? validateConnectParams : paramsValidators[contract.name],
    params: contract.params,
    example: contract.example.params,
  }));

  test.each(contracts)("$name", ({ name, validate, params, example }) => {
    const ignored: readonly string[] = METHOD_CONTRACTS[name].ignoredParams ?? [];
    fc.assert(
      fc.property(mutationsOf(Object.keys(params.shape), example), (value) => {
        fc.pre(!Object.keys(value).some((key) => ignored.includes(key)));
        expect(validate(value)).toBe(params.safeParse(value).success);
      }),
      { numRuns: 300, seed: 20_261_124 },
    );
  });

  /** The example with some of its keys left out, replaced or joined by others. */
  function mutationsOf(keys: readonly string[], example: object): fc.Arbitrary<Readonly<Record<string, unknown>>> {
    const key = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...keys, "surprise") }, fc.string({ maxLength: 4 }));
    const value = fc.oneof(
      fc.constantFrom(
        null,
        "",
        "main",
        0,
        1,
        -1,
        1.5,
        5001,
        true,
        [],
        {},
        ["a"],
        "x".repeat(300),
        Number.MAX_SAFE_INTEGER + 2,
      ),
      fc.constantFrom<unknown>("main", ...Object.values<unknown>({ ...example })),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const change = fc.record({ key, value, remove: fc.boolean() });
    return fc.array(change, { maxLength: 3 }).map((changes) => {
      const result = new Map<string, unknown>(Object.entries(example));
      for (const { key, value, remove } of changes) {
        if (remove) result.delete(key);
        else result.set(key, value);
      }
      return Object.fromEntries(result);
    });
  }
});

test("a character outside the basic plane counts once, as JSON Schema says", () => {
  const params = (text: string) => ({ nodeId: "n", displayName: text });
  expect(paramsValidators["node.rename"](params("🦞".repeat(256)))).toBe(true);
  expect(paramsValidators["node.rename"](params("🦞".repeat(257)))).toBe(false);
  expect(paramsValidators["node.rename"](params(`${"x".repeat(255)}\ud83e`))).toBe(true);
  expect(paramsValidators["node.rename"](params(`${"x".repeat(256)}\ud83e`))).toBe(false);
});

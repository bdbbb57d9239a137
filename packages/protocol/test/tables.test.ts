import { expect, test } from "vitest";

import { EVENT_CONTRACTS, METHOD_CONTRACTS } from "../src/contracts.ts";
import { EVENTS, METHODS, SCOPES } from "../src/index.ts";

test("the table of methods says what the contracts say, connect excepted", () => {
  const expected = Object.values(METHOD_CONTRACTS)
    .filter(({ name }) => name !== "connect")
    .map((contract) => [
      contract.name,
      {
        roles: contract.roles,
        scope: contract.scope,
        idempotency: contract.idempotency,
        answersTwice: "accepted" in contract,
        ...(contract.ignoredParams ? { ignoredParams: contract.ignoredParams } : {}),
      },
    ]);
  expect(METHODS).toEqual(Object.fromEntries(expected));
});

test("the table of events says what the contracts say", () => {
  const expected = Object.values(EVENT_CONTRACTS).map(({ name, roles, scope, droppable }) => [
    name,
    { roles, scope, droppable },
  ]);
  expect(EVENTS).toEqual(Object.fromEntries(expected));
});

test("no one can change the tables", () => {
  expect(Object.isFrozen(METHODS)).toBe(true);
  expect(Object.values(METHODS).every((row) => Object.isFrozen(row))).toBe(true);
  expect(Object.isFrozen(EVENTS)).toBe(true);
});

test("a node has no scopes, so what only nodes call needs none", () => {
  for (const [name, row] of Object.entries(METHODS)) {
    if (!row.roles.includes("operator")) expect(row.scope, name).toBeNull();
    if (row.scope !== null) expect(SCOPES, name).toContain(row.scope);
  }
});

test("what changes a session's history or posts for the system needs operator.admin; reads need operator.read", () => {
  expect(METHODS["chat.inject"].scope).toBe("operator.admin");
  expect(METHODS["system-event"].scope).toBe("operator.admin");
  expect(METHODS["health"].scope).toBeNull();
  expect(METHODS["chat.history"].scope).toBe("operator.read");
  expect(METHODS["chat.send"].scope).toBe("operator.write");
  expect(METHODS["node.pair.approve"].scope).toBe("operator.pairing");
});

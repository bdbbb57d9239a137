import { describe, expect, test } from "vitest";

import { hasScope, negotiateVersion, PROTOCOL_VERSION } from "../src/index.ts";

describe("R5.1 the highest version of both ranges is used", () => {
  test.each([
    [3, 3, 3],
    [4, 4, 4],
    [3, 4, 4],
    [1, 10, 4],
    [2, 3, 3],
    [1, 3, 3],
    [4, 5, 4],
    [1, 2, undefined],
    [5, 6, undefined],
    [4, 3, undefined],
    [10, 1, undefined],
  ])("a client that speaks %i to %i gets %s", (minimum, maximum, expected) => {
    expect(negotiateVersion(minimum, maximum)).toBe(expected);
  });

  test("a client that speaks what this package describes gets it", () => {
    expect(negotiateVersion(PROTOCOL_VERSION, PROTOCOL_VERSION)).toBe(PROTOCOL_VERSION);
  });
});

describe("what a scope implies", () => {
  test.each([
    [["operator.admin"], "operator.pairing", true],
    [["operator.admin"], "operator.read", true],
    [["operator.write"], "operator.read", true],
    [["operator.read"], "operator.write", false],
    [["operator.write"], "operator.pairing", false],
    [["operator.pairing"], "operator.read", false],
    [["operator.everything"], "operator.read", false],
    [[], "operator.read", false],
  ] as const)("%j may do what needs %s: %s", (granted, required, expected) => {
    expect(hasScope(granted, required)).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";

import { withPrefix } from "../../src/agent/response-prefix.ts";

const FACTS = { provider: "anthropic", model: "claude-opus", thinkingLevel: "low", identityName: "Sam" };

describe("withPrefix", () => {
  it.each([
    [undefined, "Hi"],
    ["", "Hi"],
    ["auto", "[Sam] Hi"],
    ["[{model}]", "[claude-opus] Hi"],
    ["{MODELFULL} {provider} {think} {thinkinglevel}", "anthropic/claude-opus anthropic low low Hi"],
    ["{identity.NAME}: {unknown}", "Sam: {unknown} Hi"],
  ])("%j", (template, text) => {
    expect(withPrefix("Hi", { ...FACTS, template })).toBe(text);
  });

  it("is not put on twice, nor on nothing", () => {
    expect(withPrefix("[Sam] Hi", { ...FACTS, template: "auto" })).toBe("[Sam] Hi");
    expect(withPrefix("", { ...FACTS, template: "auto" })).toBe("");
  });

  it("an agent without a name has no automatic prefix; what is not known stays as it is written", () => {
    expect(withPrefix("Hi", { template: "auto" })).toBe("Hi");
    expect(withPrefix("Hi", { template: "[{model}]" })).toBe("[{model}] Hi");
  });
});

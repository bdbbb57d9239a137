import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isSwitchedOn, layerEnvironment, readEnvironment } from "../../src/config/env.ts";
import { parseDotenv } from "../../src/config/source/dotenv.ts";
import { substituteVariables } from "../../src/config/source/substitute.ts";

describe("layerEnvironment", () => {
  it("never overrides an earlier value, and counts an empty one as none", () => {
    const merged = layerEnvironment({ A: "1", B: "" }, { A: "2", B: "2" }, { B: "3", C: "3" });
    expect(merged).toEqual({ A: "1", B: "2", C: "3" });
  });

  it("does not let a file move the configuration or the state", () => {
    const moved = { OPENCLAW_STATE_DIR: "/evil", OPENCLAW_CONFIG_PATH: "/evil", OPENCLAW_PROFILE: "evil" };
    expect(layerEnvironment({}, moved)).toEqual({});
  });

  it("copies the process environment once", () => {
    const before = readEnvironment();
    expect(before["PATH"]).toBe(process.env["PATH"]);
    expect(Object.isFrozen(before)).toBe(true);
  });

  it("reads switches", () => {
    expect(["1", "true", " YES ", "on"].map(isSwitchedOn)).toEqual([true, true, true, true]);
    expect(["0", "", "false", "no", undefined].map(isSwitchedOn)).toEqual([false, false, false, false, false]);
  });
});

describe("parseDotenv", () => {
  it("reads plain, exported, quoted and many-line values", () => {
    const source = [
      "# comment",
      "PLAIN=a b # trailing",
      "export SPACED = value ",
      "EMPTY=",
      "HASH=a#b",
      "SINGLE='a \\n # b'",
      'DOUBLE="a\\n\\"b\\" # c"',
      'MANY="first',
      'second" # rest',
      "not an assignment",
      "LAST=1",
    ].join("\r\n");
    expect(parseDotenv(source)).toEqual({
      PLAIN: "a b",
      SPACED: "value",
      EMPTY: "",
      HASH: "a#b",
      SINGLE: "a \\n # b",
      DOUBLE: 'a\n"b" # c',
      MANY: "first\nsecond",
      LAST: "1",
    });
  });

  it("stops at a quote that is never closed", () => {
    expect(parseDotenv('A=1\nB="open\nC=2')).toEqual({ A: "1" });
  });

  it("gives back any value written in double quotes", () => {
    fc.assert(
      fc.property(
        fc.string().filter((value) => !value.includes("\r")),
        (value) => {
          const quoted = `X="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
          expect(parseDotenv(quoted)).toEqual({ X: value });
        },
      ),
    );
  });

  it("reads any text without throwing", () => {
    fc.assert(fc.property(fc.string(), (source) => void parseDotenv(source)));
  });
});

describe("substituteVariables", () => {
  const environment = { NAME: "value", EMPTY: "" };

  it("replaces ${NAME}, also inside a text, and keeps an escaped one", () => {
    const { value, missing } = substituteVariables(
      { a: "${NAME}", b: ["x-${NAME}-${NAME}"], c: "$${NAME}", d: "${lower}", e: 5 },
      environment,
    );
    expect(value).toEqual({ a: "value", b: ["x-value-value"], c: "${NAME}", d: "${lower}", e: 5 });
    expect(missing).toEqual([]);
  });

  it("reports missing and empty variables by path and leaves their keys out", () => {
    const { value, missing } = substituteVariables({ a: { b: "${NOPE}" }, c: ["${EMPTY}", "y"] }, environment);
    expect(value).toEqual({ a: {}, c: ["y"] });
    expect(missing).toEqual([
      { path: ["a", "b"], name: "NOPE" },
      { path: ["c", 0], name: "EMPTY" },
    ]);
  });

  it("does not read a value for further references", () => {
    expect(substituteVariables("${A}", { A: "${B}", B: "no" }).value).toBe("${B}");
  });
});

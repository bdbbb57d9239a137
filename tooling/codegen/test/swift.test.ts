import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

import { comment, escaped, swiftName, typeName } from "../src/swift/names.ts";
import { renderDefinition } from "../src/swift/types.ts";

const packageFolder = fileURLToPath(new URL("../../../packages/protocol-swift/", import.meta.url));
const sources = globSync("**/*.swift", { cwd: packageFolder }).sort();
const text = (name: string): string => readFileSync(`${packageFolder}${name}`, "utf8");

describe("R5.9 the Swift package", () => {
  test("has no syntax error", async () => {
    expect(sources.length).toBeGreaterThanOrEqual(9);
    expect(await syntaxErrors(sources.map((name) => `${packageFolder}${name}`))).toEqual([]);
  });

  test("the check does find a syntax error", async () => {
    const broken = fileURLToPath(new URL("./fixtures/broken.swift", import.meta.url));
    expect(await syntaxErrors([broken])).toEqual([expect.stringContaining("broken.swift:3:")]);
  });

  test("declares each type once, and every type it uses", () => {
    const declared = declarations();
    expect(declared.filter((name, index) => declared.indexOf(name) !== index)).toEqual([]);
    const known = new Set([...declared, "String", "Int64", "Double", "Bool"]);
    const used = sources
      .filter((name) => name.endsWith(".gen.swift"))
      .flatMap((name) => [...text(name).matchAll(/public var `?\w+`?: ([^\n{]+)/g)])
      .flatMap(([, type]) => [...(type ?? "").matchAll(/[A-Z]\w*/g)].map(([name]) => name));
    expect(used.length).toBeGreaterThan(300);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  function declarations(): string[] {
    return sources
      .filter((name) => name.startsWith("Sources/"))
      .flatMap((name) => [...text(name).matchAll(/^public (?:struct|enum|typealias|protocol) (\w+)/gm)])
      .map(([, name]) => name ?? "");
  }

  /** Parses in a process of its own: the optimising compiler of V8 runs out of memory over this grammar. */
  async function syntaxErrors(files: readonly string[]): Promise<string[]> {
    const script = fileURLToPath(new URL("./parse-swift.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--liftoff-only", script, ...files], {
      timeout: 12_000,
    });
    return stdout.split("\n").filter(Boolean);
  }
});

describe("how a definition becomes Swift", () => {
  test("a struct: optional fields, constants, names that Swift can not have", () => {
    const swift = renderDefinition("Thing", {
      type: "object",
      description: "A thing.",
      properties: {
        type: { type: "string", const: "thing" },
        protocol: { type: "integer" },
        __openclaw: { type: "object", additionalProperties: {} },
        when: { anyOf: [{ type: "integer" }, { type: "null" }] },
      },
      required: ["type", "protocol", "when"],
    });
    expect(swift).toContain("/// A thing.\npublic struct Thing: Codable, Sendable, Hashable {");
    expect(swift).toContain("    public var `protocol`: Int64\n");
    expect(swift).toContain("    public var openclaw: [String: JSONValue]?\n");
    expect(swift).toContain("    public var when: Int64?\n");
    expect(swift).toContain('        type: String = "thing",\n        `protocol`: Int64,\n');
    expect(swift).toContain('        case openclaw = "__openclaw"\n');
  });

  test("an enum keeps words it does not know, also when unknown is one of its own", () => {
    const swift = renderDefinition("State", { type: "string", enum: ["in_flight", "unknown", "default"] });
    expect(swift).toContain("    case inFlight\n    case unknownValue\n    case `default`\n");
    expect(swift).toContain('        case "unknown": self = .unknownValue\n');
    expect(swift).toContain("        default: self = .unknown(rawValue)\n");
  });

  test("a union tries its alternatives in order and keeps what fits none", () => {
    const swift = renderDefinition("Either", {
      anyOf: [{ type: "string" }, { type: "array", items: { $ref: "#/definitions/Thing" } }],
    });
    expect(swift).toContain("    case string(String)\n    case list([Thing])\n");
    expect(swift).toContain("        self = .unknown(try container.decode(JSONValue.self))\n");
  });

  test("a name for another name", () => {
    expect(renderDefinition("Alias", { $ref: "#/definitions/Thing" })).toBe("public typealias Alias = Thing\n");
  });

  test("a constant that is no word or truth value is refused, not guessed", () => {
    const schema = { type: "object", properties: { x: { const: null } }, required: [] };
    expect(() => renderDefinition("Odd", schema)).toThrow("no constant like null");
  });
});

test.each([
  ["in_flight", "inFlight"],
  ["INVALID_REQUEST", "invalidRequest"],
  ["openclaw-control-ui", "openclawControlUi"],
  ["node.pair.request", "nodePairRequest"],
  ["payloadJSON", "payloadJSON"],
  ["__openclaw", "openclaw"],
  ["1h", "value1h"],
])("%s is %s in Swift", (wire, swift) => {
  expect(swiftName(wire)).toBe(swift);
});

test("types begin with a capital, keywords are quoted, comments keep their lines", () => {
  expect(typeName("session_defaults")).toBe("SessionDefaults");
  expect(escaped("protocol")).toBe("`protocol`");
  expect(escaped("session")).toBe("session");
  expect(comment("one\ntwo", "  ")).toBe("  /// one\n  /// two\n");
  expect(comment(undefined)).toBe("");
});

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";
import * as z from "zod";

import * as contracts from "../src/contracts.ts";
import * as main from "../src/index.ts";
import * as jsonSchema from "../src/json-schema.ts";
import * as validators from "../src/validators.ts";

describe("the names each entry exports at run time", () => {
  test("@openclaw/protocol", () => {
    expect(Object.keys(main).sort()).toEqual([
      "CLOSE_CODES",
      "ERROR_CODES",
      "EVENTS",
      "METHODS",
      "MINIMUM_PROTOCOL_VERSION",
      "PROTOCOL_VERSION",
      "SCOPES",
      "hasScope",
      "negotiateVersion",
    ]);
  });

  test("@openclaw/protocol/contracts", () => {
    expect(Object.keys(contracts).sort()).toEqual([
      "ENTITIES",
      "EVENT_CONTRACTS",
      "HTTP_CONTRACTS",
      "METHOD_CONTRACTS",
      "defineEvent",
      "defineHttp",
      "defineMethod",
    ]);
  });

  test("@openclaw/protocol/validators", () => {
    expect(Object.keys(validators).sort()).toEqual([
      "formatValidationErrors",
      "paramsValidators",
      "validateConnectParams",
      "validateRequestFrame",
    ]);
  });

  test("@openclaw/protocol/json-schema", () => {
    expect(Object.keys(jsonSchema).sort()).toEqual(["JsonSchemaError", "toJsonSchema"]);
  });
});

test("the main entry exports a type for every shared object", () => {
  const read = (name: string): string => readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8");
  expect(read("index.ts")).toContain('export type * from "./entities.gen.ts";');
  expect(read("entities.gen.ts")).not.toMatch(/^export (?!type \w+ =)/mu);
});

describe("what each entry loads", () => {
  test.each([
    ["@openclaw/protocol", []],
    ["@openclaw/protocol/validators", []],
    ["@openclaw/protocol/json-schema", ["zod"]],
    ["@openclaw/protocol/contracts", ["zod"]],
  ])("%s loads %j", async (entry, expected) => {
    expect(await packagesLoadedBy(entry)).toEqual(expected);
  });

  /** The third-party packages that a fresh process loads for one import. */
  async function packagesLoadedBy(entry: string): Promise<string[]> {
    const script = `
      import { registerHooks } from "node:module";
      const packages = new Set();
      registerHooks({ load(url, context, next) {
        const name = /node_modules\\/(?!.*node_modules\\/)((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
        if (name) packages.add(name);
        return next(url, context);
      } });
      await import(${JSON.stringify(entry)});
      console.log(JSON.stringify([...packages].sort()));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--conditions=@openclaw/source", "--input-type=module", "--eval", script],
      { cwd: fileURLToPath(new URL("..", import.meta.url)), timeout: 10_000 },
    );
    return z.array(z.string()).parse(JSON.parse(stdout));
  }
});

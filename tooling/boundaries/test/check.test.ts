import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { checkWorkspace } from "../src/check.ts";
import { describeViolation } from "../src/violation.ts";

let directory: TempDirectory;

beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

type Tree = Readonly<Record<string, string | object>>;

/** A package that breaks no rule. */
function packageTree(folder: string, manifest: object = {}): Tree {
  const name = `@openclaw/${folder.split("/").at(-1) ?? ""}`;
  const entries = (source: boolean) => ({
    ".": { ...(source ? { "@openclaw/source": "./src/index.ts" } : {}), default: "./dist/index.js" },
    "./package.json": "./package.json",
  });
  return {
    [`${folder}/package.json`]: {
      name,
      exports: entries(true),
      publishConfig: { exports: entries(false) },
      ...manifest,
    },
    [`${folder}/README.md`]: "",
    [`${folder}/tsconfig.json`]: "{}",
    [`${folder}/tsconfig.build.json`]: "{}",
    [`${folder}/src/index.ts`]: "export { a } from './a.ts';\n",
    [`${folder}/src/a.ts`]: "export const a = 1;\n",
    [`${folder}/test/surface.test.ts`]: "import { it } from 'vitest';\nit('x', () => {});\n",
  };
}

const core = (files: Tree) => ({
  ...packageTree("packages/gateway-core"),
  ...Object.fromEntries(Object.entries(files).map(([path, content]) => [`packages/gateway-core/src/${path}`, content])),
});

async function check(...trees: readonly Tree[]): Promise<readonly string[]> {
  const tree: Tree = Object.assign(
    { "package.json": { name: "root", devDependencies: { vitest: "1" } } },
    ...trees,
  ) as Tree;
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(join(directory.path, dirname(path)), { recursive: true });
    await writeFile(join(directory.path, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  return checkWorkspace(directory.path).violations.map(describeViolation);
}

describe("a workspace that keeps to the rules", () => {
  it("has no violations, and every module of it was looked at", async () => {
    const trees = [
      packageTree("packages/protocol"),
      packageTree("packages/client", { dependencies: { "@openclaw/protocol": "1" } }),
    ];
    expect(
      await check(...trees, {
        "packages/client/src/b.ts": 'import { a } from "@openclaw/protocol";\nexport const b = a;\n',
      }),
    ).toEqual([]);
    expect(checkWorkspace(directory.path)).toMatchObject({ packages: 2, modules: 7 });
  });

  it("says where, which rule and what to do", async () => {
    const [line] = await check(packageTree("packages/protocol"), {
      "packages/protocol/src/b.ts": '\nimport "./none.ts";\n',
    });
    expect(line).toBe(
      'packages/protocol/src/b.ts:2 → unresolved import → nothing answers to "./none.ts"; correct the path (relative ones end in .ts) or the package\'s exports',
    );
  });
});

describe("packages", () => {
  const declared = {
    dependencies: { "@openclaw/gateway-core": "1", "@openclaw/channels-contract": "1", "@openclaw/testkit": "1" },
  };
  const others = [packageTree("packages/gateway-core"), packageTree("packages/channels-contract")];

  it("import only what the matrix allows, types included", async () => {
    const found = await check(packageTree("packages/cli", declared), ...others, {
      "packages/cli/src/b.ts": 'import type { a } from "@openclaw/gateway-core";\nexport type B = typeof a;\n',
      "packages/cli/src/c.ts": 'export type C = import("@openclaw/gateway-core").A;\n',
      "packages/cli/src/d.ts": 'export const d = () => import("@openclaw/gateway-core");\n',
    });
    expect(found).toHaveLength(3);
    for (const line of found)
      expect(line).toMatch(
        /cli\/src\/[bcd]\.ts:1 → may not import @openclaw\/gateway-core → packages\/cli \(source\) may import/,
      );
  });

  it("import another package by its allowed entry point only", async () => {
    const found = await check(packageTree("packages/agent-runtime", declared), ...others, {
      "packages/agent-runtime/src/b.ts": 'import "@openclaw/gateway-core";\n',
    });
    expect(found).toEqual([expect.stringContaining("may import @openclaw/gateway-core/ports")]);
  });

  it("do not reach into each other's files", async () => {
    const found = await check(packageTree("packages/client", declared), ...others, {
      "packages/client/src/b.ts": 'import "../../gateway-core/src/a.ts";\n',
      "packages/client/src/c.ts": 'import "@openclaw/gateway-core/src/a.ts";\n',
    });
    expect(found[0]).toContain("relative import of another package");
    expect(found[1]).toContain("unresolved import");
  });

  it("may use the testkit and the memory channel in tests, and not in sources", async () => {
    const contract = packageTree("packages/channels-contract", {
      exports: {
        ".": { "@openclaw/source": "./src/index.ts" },
        "./memory": { "@openclaw/source": "./src/a.ts" },
        "./package.json": "./package.json",
      },
      publishConfig: { exports: { ".": "", "./memory": "", "./package.json": "" } },
    });
    const testkit = {
      "tooling/testkit/package.json": { name: "@openclaw/testkit", private: true, exports: { "./*": "./src/*.ts" } },
      "tooling/testkit/README.md": "",
      "tooling/testkit/tsconfig.json": "",
      "tooling/testkit/src/clock.ts": "export {};\n",
    };
    const uses = 'import "@openclaw/channels-contract/memory";\nimport "@openclaw/testkit/clock";\n';
    const found = await check(packageTree("packages/client", declared), contract, testkit, {
      "packages/client/test/b.test.ts": uses,
      "packages/client/src/c.ts": uses,
    });
    expect(found).toHaveLength(2);
    for (const line of found) expect(line).toContain("packages/client/src/c.ts");
  });
});

describe("rooms of gateway-core", () => {
  it("never import rooms, not even types, nor corridors", async () => {
    const found = await check(
      core({
        "inbox/inbox.ts": 'import type { B } from "../outbox/outbox.ts";\nexport type I = B;\n',
        "outbox/outbox.ts": 'import { flow } from "../message-flow.ts";\nexport type B = typeof flow;\n',
        "message-flow.ts": "export const flow = 1;\n",
      }),
    );
    expect(found).toEqual([
      expect.stringMatching(/inbox\.ts:1 → room "inbox" imports room "outbox" → rooms never import rooms/),
      expect.stringMatching(/outbox\.ts:1 → room "outbox" imports a corridor/),
    ]);
  });

  it("import themselves, ports.ts, errors.ts and types of the settings, but no settings code", async () => {
    const found = await check(
      core({
        "ports.ts": "export type P = 1;\n",
        "errors.ts": "export const e = 1;\n",
        "config/schema.ts": "export const s = 1;\nexport type S = 1;\n",
        "inbox/own.ts": "export const o = 1;\n",
        "inbox/inbox.ts":
          'import { e } from "../errors.ts";\nimport type { P } from "../ports.ts";\nimport { o } from "./own.ts";\nimport type { S } from "../config/schema.ts";\nimport { s } from "../config/schema.ts";\nexport const all: (P | S)[] = [e, o, s];\n',
      }),
    );
    expect(found).toEqual([
      expect.stringMatching(
        /inbox\.ts:5 → room "inbox" imports room "config" → a room may import types of the settings only/,
      ),
    ]);
  });

  it("are known to handlers and corridors; of a corridor a handler knows the types", async () => {
    const found = await check(
      core({
        "inbox/inbox.ts": "export const i = 1;\n",
        "message-flow.ts": 'import { i } from "./inbox/inbox.ts";\nexport const flow = i;\n',
        "methods/a.ts":
          'import { i } from "../inbox/inbox.ts";\nimport type { flow } from "../message-flow.ts";\nexport const h: typeof flow = i;\n',
        "methods/b.ts": 'import { flow } from "../message-flow.ts";\nexport const h = flow;\n',
      }),
    );
    expect(found).toEqual([expect.stringMatching(/methods\/b\.ts:1 → room "methods" imports a corridor/)]);
  });
});

describe("places", () => {
  it("keep telegraf, zod-to-json-schema and node:sqlite where they belong", async () => {
    const dependencies = { telegraf: "1", "zod-to-json-schema": "1", zod: "1" };
    const found = await check(packageTree("packages/protocol", { dependencies }), {
      "packages/protocol/src/json-schema.ts": 'import "zod-to-json-schema";\n',
      "packages/protocol/src/b.ts":
        'import "zod-to-json-schema";\nexport const t = () => import("telegraf");\nimport "node:sqlite";\n',
      "packages/protocol/test/c.test.ts": 'import "zod-to-json-schema";\n',
    });
    expect(found.map((line) => line.split(" → ").slice(0, 2).join(" "))).toEqual([
      "packages/protocol/src/b.ts:1 zod-to-json-schema imported outside its place",
      "packages/protocol/src/b.ts:2 telegraf imported outside its place",
      "packages/protocol/src/b.ts:3 node:sqlite imported outside its place",
    ]);
  });

  it("keep the environment and the end of the process in one file each", async () => {
    const found = await check(
      core({
        "config/env.ts": 'export const e = () => process.env["X"];\n',
        "net/server.ts":
          'export const e = process.env.HOME;\nexport const f = process["env"];\nexport const x = () => process.exit(1);\nimport "node:process";\n',
      }),
    );
    expect(found.map((line) => line.split(" → ").slice(0, 2).join(" "))).toEqual([
      "packages/gateway-core/src/net/server.ts:1 process.env read outside its place",
      "packages/gateway-core/src/net/server.ts:2 process.env read outside its place",
      "packages/gateway-core/src/net/server.ts:3 process.exit outside its place",
      "packages/gateway-core/src/net/server.ts:4 process imported",
    ]);
  });

  it("want zod as a namespace", async () => {
    const found = await check(packageTree("packages/protocol", { dependencies: { zod: "1" } }), {
      "packages/protocol/src/b.ts":
        'import * as z from "zod";\nimport type { ZodType } from "zod";\nexport const s: ZodType = z.string();\n',
      "packages/protocol/src/c.ts": 'import { z } from "zod";\nexport const s = z;\n',
    });
    expect(found).toEqual([expect.stringMatching(/src\/c\.ts:1 → zod imported by name/)]);
  });
});

describe("cycles", () => {
  it("are found through types and across packages, and told once with the way", async () => {
    const found = await check(packageTree("packages/protocol"), {
      "packages/protocol/src/b.ts": 'import type { C } from "./c.ts";\nexport type B = C;\n',
      "packages/protocol/src/c.ts": 'export { d } from "./d.ts";\nexport type C = 1;\n',
      "packages/protocol/src/d.ts": '\nexport const d = () => import("./b.ts");\n',
      "packages/protocol/src/e.ts": 'import "./b.ts";\n',
      "packages/protocol/src/self.ts": 'import "./self.ts";\n',
    });
    expect(found).toEqual([
      expect.stringContaining(
        "src/b.ts:1 → import cycle of 3 files → packages/protocol/src/b.ts → packages/protocol/src/c.ts → packages/protocol/src/d.ts → packages/protocol/src/b.ts;",
      ),
      expect.stringContaining("src/self.ts:1 → import cycle of 1 files"),
    ]);
  });
});

describe("dependencies", () => {
  it("are declared, and are no development dependencies where users import them", async () => {
    const found = await check(
      packageTree("packages/protocol", { dependencies: { zod: "1" }, devDependencies: { ajv: "1" } }),
      {
        "packages/protocol/src/b.ts":
          'import * as z from "zod";\nimport "ajv/dist/2020.js";\nimport type { X } from "@scope/missing/x";\nexport type Y = X | typeof z;\n',
        "packages/protocol/test/c.test.ts":
          'import "ajv";\nimport "vitest";\nimport "fast-check";\nimport "node:fs";\n',
      },
    );
    expect(found.map((line) => line.split(" → ").slice(0, 2).join(" "))).toEqual([
      "packages/protocol/src/b.ts:2 ajv is only a development dependency",
      "packages/protocol/src/b.ts:3 @scope/missing is not declared",
      "packages/protocol/test/c.test.ts:3 fast-check is not declared",
    ]);
  });

  it("of a private package or an application may all be for development", async () => {
    const tool = {
      "tooling/bench/package.json": { name: "@openclaw/bench", private: true, devDependencies: { ws: "1" } },
      "tooling/bench/README.md": "",
      "tooling/bench/tsconfig.json": "",
    };
    expect(
      await check(tool, { "tooling/bench/src/main.ts": 'import "ws";\nprocess.exit(Number(process.env["X"]));\n' }),
    ).toEqual([]);
  });
});

describe("shape", () => {
  it("needs README, tsconfig, exports with their published twins, and the surface test", async () => {
    const found = await check({
      "packages/protocol/package.json": {
        name: "@openclaw/protocol",
        exports: { ".": { "@openclaw/source": "./src/index.ts" } },
        publishConfig: { exports: {} },
      },
    });
    const rules = found.map((line) => line.split(" → ")[1]);
    expect(rules).toEqual([
      "README.md is missing",
      "tsconfig.json is missing",
      "tsconfig.build.json is missing",
      "src/index.ts is missing",
      "test/surface.test.ts is missing",
      "exports lacks ./package.json",
      "publishConfig.exports differs from exports",
      "exports . has no source",
    ]);
  });

  it("gives every channel the same files", async () => {
    const found = await check(packageTree("packages/channels-signal"), packageTree("packages/channels-contract"));
    expect(found.filter((line) => line.includes("channels-contract"))).toEqual([]);
    expect(found).toContainEqual(expect.stringContaining("channels-signal/package.json:1 → src/inbound.ts is missing"));
    expect(found).toContainEqual(expect.stringContaining("test/compliance.test.ts is missing"));
  });
});

describe("files", () => {
  it("have names that say something, in kebab-case", async () => {
    const found = await check(packageTree("packages/protocol"), {
      "packages/protocol/src/string-utils.ts": "export {};\n",
      "packages/protocol/src/helpers/x.ts": "export {};\n",
      "packages/protocol/src/camelCase.ts": "export {};\n",
      "packages/protocol/src/chat.send.ts": "export {};\n",
      "packages/protocol/src/methods/chat.waitDecision.ts": "export {};\n",
      "packages/protocol/src/methods/waitDecision.ts": "export {};\n",
    });
    expect(found.map((line) => line.split(" → ").slice(0, 2).join(" "))).toEqual([
      "packages/protocol/src/camelCase.ts:1 name is not in kebab-case",
      'packages/protocol/src/helpers/x.ts:1 "helpers" in a name',
      "packages/protocol/src/methods/waitDecision.ts:1 name is not in kebab-case",
      'packages/protocol/src/string-utils.ts:1 "utils" in a name',
    ]);
  });

  it("have 400 lines at most, unless they are generated", async () => {
    const found = await check(packageTree("packages/protocol"), {
      "packages/protocol/src/fits.ts": "//\n".repeat(400),
      "packages/protocol/src/long.ts": "//\n".repeat(401),
      "packages/protocol/src/table.gen.ts": "//\n".repeat(1000),
    });
    expect(found).toEqual([expect.stringMatching(/src\/long\.ts:1 → 401 lines/)]);
  });

  it("are ten to a folder, entry points and one-per-item folders apart", async () => {
    const many = (folder: string) =>
      Object.fromEntries(
        Array.from({ length: 11 }, (_, index) => [`packages/protocol/${folder}/f${index}.ts`, "export {};\n"]),
      );
    const found = await check(
      packageTree("packages/protocol"),
      many("src/rules"),
      many("src/methods"),
      many("test/rules"),
    );
    expect(found).toEqual([expect.stringMatching(/packages\/protocol\/src\/rules:1 → 11 files in one folder/)]);
  });

  it("named index.ts only export, by name", async () => {
    const found = await check(packageTree("packages/protocol"), {
      "packages/protocol/src/index.ts":
        'import { a } from "./a.ts";\nexport { a };\nexport type { T } from "./b.ts";\nexport * from "./b.ts";\nexport const b = 1;\nfunction c() {}\n',
      "packages/protocol/src/b.ts": "export type T = 1;\n",
    });
    const generated = await check(packageTree("packages/protocol"), {
      "packages/protocol/src/index.ts": 'export type * from "./b.gen.ts";\n',
      "packages/protocol/src/b.gen.ts": "export type T = 1;\n",
    });
    expect(generated).toEqual([]);
    expect(found.map((line) => line.split(" → ").slice(0, 2).join(" "))).toEqual([
      "packages/protocol/src/index.ts:4 index.ts exports everything of a file",
      "packages/protocol/src/index.ts:5 index.ts holds code",
      "packages/protocol/src/index.ts:6 index.ts holds code",
    ]);
  });

  it("are reported when they can not be parsed", async () => {
    const found = await check(packageTree("packages/protocol"), {
      "packages/protocol/src/b.ts": "export const b = ;\n",
    });
    expect(found).toEqual([expect.stringMatching(/src\/b\.ts:1 → can not be parsed/)]);
  });
});

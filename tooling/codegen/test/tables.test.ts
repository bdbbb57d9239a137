import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { type Catalog, collect } from "../src/collect.ts";
import { renderChatCommandTable, renderCommandTable, renderHandlerTable, renderProtocolTable } from "../src/tables.ts";

let folder: string;
let catalog: Catalog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "codegen-"));
  catalog = await collect(new URL("../../../packages/protocol/src", import.meta.url).pathname);
});
afterEach(() => rm(folder, { recursive: true }));

async function put(...files: readonly (readonly [name: string, text: string])[]): Promise<void> {
  for (const [name, text] of files) await writeFile(join(folder, name), text);
}

test("the handler table holds a handler file for each method it finds, and nothing else", async () => {
  await put(
    ["chat.send.ts", ""],
    ["system-event.ts", ""],
    ["define.ts", ""],
    ["cron-wire.ts", ""],
    ["table.gen.ts", ""],
  );
  const table = await renderHandlerTable(folder, catalog);
  expect(table).toContain('import { chatSend } from "./chat.send.ts";');
  expect(table).toContain('  "system-event": systemEvent,\n} satisfies Handlers;');
  expect(table.match(/^import \{/gm)).toHaveLength(2);
});

test("the command table loads each command when it is called", async () => {
  await put(
    ["gateway.run.ts", "export const command = defineCommand({});\n"],
    ["status.ts", "export const command = 1;\n"],
    ["format.ts", "export function format() {}\n"],
  );
  const table = await renderCommandTable(folder);
  expect(table).toContain(
    '  "gateway.run": () => import("./gateway.run.ts"),\n  "status": () => import("./status.ts"),\n} as const;',
  );
  expect(table).not.toContain("format");
});

test("the table of chat commands holds every file of their folder, whatever its name", async () => {
  await put(["new.ts", ""], ["whoami.ts", ""], ["table.gen.ts", ""]);
  const table = await renderChatCommandTable(folder);
  expect(table).toContain('import { command as newCommand } from "./catalog/new.ts";');
  expect(table).toContain("[\n  newCommand,\n  whoamiCommand,\n];");
});

test("the protocol's table imports the contracts as types only, and leaves connect out", () => {
  const table = renderProtocolTable(catalog);
  const imports = table.match(/^import .*$/gm) ?? [];
  const loaded = imports.filter((line) => !line.startsWith("import type "));
  expect(loaded).toEqual(['import { type EventRow, frozen, type MethodRow } from "./table.ts";']);
  expect(table).not.toMatch(/"connect":/);
});

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Catalog, collect } from "./collect.ts";
import { renderAsyncApi } from "./documents/async-api.ts";
import { renderOpenApi } from "./documents/open-api.ts";
import { renderErrorsPage } from "./docs/errors-page.ts";
import { renderProtocolPage } from "./docs/protocol-page.ts";
import { buildSchema, type SchemaDocument } from "./json-schema.ts";
import { renderSwift } from "./swift/files.ts";
import {
  renderChatCommandTable,
  renderCommandTable,
  renderContracts,
  renderEntityTypes,
  renderHandlerTable,
  renderProtocolTable,
} from "./tables.ts";
import { renderValidators } from "./validators.ts";

export interface GeneratedFile {
  /** Relative to the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Renders every generated file whose path passes the filter, in memory. */
export async function generate(root: URL, filter: (path: string) => boolean = () => true): Promise<GeneratedFile[]> {
  const folder = (path: string): string => fileURLToPath(new URL(path, root));
  const catalog = await collect(folder("packages/protocol/src"));
  const schema = await buildSchema(catalog);
  const renderers: Record<string, () => string | Promise<string>> = {
    "packages/protocol/src/table.gen.ts": () => renderProtocolTable(catalog),
    "packages/protocol/src/entities.gen.ts": () => renderEntityTypes(catalog),
    "packages/protocol/src/contracts.gen.ts": () => renderContracts(catalog),
    "packages/protocol/gen/protocol.schema.json": () => `${JSON.stringify(schema, null, 2)}\n`,
    "packages/protocol/gen/asyncapi.json": () => renderAsyncApi(catalog),
    "packages/protocol/gen/openapi.json": () => renderOpenApi(catalog, schema),
    "packages/protocol/src/gen/validators.gen.js": () => renderValidators(catalog, schema),
    "docs/protocol.md": () => renderProtocolPage(catalog, schema),
    "docs/errors.md": renderErrorsPage,
    ...swiftRenderers(catalog, schema),
    ...(await fixtureRenderers(folder("packages/protocol/test/golden"))),
    "packages/gateway-core/src/methods/table.gen.ts": () =>
      renderHandlerTable(folder("packages/gateway-core/src/methods"), catalog),
    "packages/gateway-core/src/commands/table.gen.ts": () =>
      renderChatCommandTable(folder("packages/gateway-core/src/commands/catalog")),
    "packages/cli/src/commands/table.gen.ts": () => renderCommandTable(folder("packages/cli/src/commands")),
  };
  const wanted = Object.entries(renderers).filter(([path]) => filter(path));
  return Promise.all(wanted.map(async ([path, render]) => ({ path, text: await render() })));
}

type Renderers = Readonly<Record<string, () => string | Promise<string>>>;

function swiftRenderers(catalog: Catalog, schema: SchemaDocument): Renderers {
  const sources = Object.entries(renderSwift(catalog, schema));
  return Object.fromEntries(
    sources.map(([name, text]) => [`packages/protocol-swift/Sources/OpenClawProtocol/${name}`, () => text]),
  );
}

/** A Swift package can only carry files of its own folder, so its tests get a copy of the golden frames. */
async function fixtureRenderers(golden: string): Promise<Renderers> {
  const names = (await readdir(golden)).filter((name) => name.endsWith(".json")).sort();
  return Object.fromEntries(
    names.map((name) => [
      `packages/protocol-swift/Tests/OpenClawProtocolTests/Fixtures/${name}`,
      () => readFile(join(golden, name), "utf8"),
    ]),
  );
}

/** The paths whose text on disk differs or is missing. */
export async function staleFiles(root: URL, files: readonly GeneratedFile[]): Promise<string[]> {
  const checked = await Promise.all(
    files.map(async ({ path, text }) => ((await readText(new URL(path, root))) === text ? [] : [path])),
  );
  return checked.flat();
}

/** Writes what differs, and answers with the paths it wrote. */
export async function writeFiles(root: URL, files: readonly GeneratedFile[]): Promise<string[]> {
  const stale = new Set(await staleFiles(root, files));
  for (const { path, text } of files) {
    if (!stale.has(path)) continue;
    await mkdir(dirname(fileURLToPath(new URL(path, root))), { recursive: true });
    await writeFile(new URL(path, root), text);
  }
  return [...stale];
}

async function readText(file: URL): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).replaceAll("\r\n", "\n");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}

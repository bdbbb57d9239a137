import { Ajv } from "ajv";
import standaloneModule from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

import type { Catalog } from "./collect.ts";
import { paramsName, reference, SCHEMA_ID, type SchemaDocument } from "./json-schema.ts";
import { HEADER } from "./tables.ts";

/** Compiles the validators of everything that comes in, into one module without imports. */
export async function renderValidators(catalog: Catalog, schema: SchemaDocument): Promise<string> {
  const ajv = new Ajv({
    code: { source: true, esm: true, optimize: 1 },
    strict: true,
    allowUnionTypes: true,
    discriminator: true,
    addUsedSchema: false,
  });
  ajv.addSchema(schema);
  const methods = catalog.methods.filter(({ contract }) => !contract.handshake);
  const exported = new Map<string, string>([
    ["validateRequestFrame", "RequestFrame"],
    ["validateConnectParams", "ConnectParams"],
    ...methods.map(({ name, exportName }): [string, string] => [`params_${exportName}`, paramsName(name)]),
  ]);
  for (const [name, definition] of exported) ajv.addSchema({ $id: name, $ref: SCHEMA_ID + reference(definition) });
  // The package is CommonJS; its function is the export and also stands under "default", which is what its types say.
  const code = standaloneModule.default(ajv, Object.fromEntries([...exported.keys()].map((name) => [name, name])));
  const table = methods.map(({ name, exportName }) => `  ${JSON.stringify(name)}: params_${exportName},`);
  const source = `${code.replaceAll(/export const (params_\w+)/g, "const $1")}
export const paramsValidators = {
${table.join("\n")}
};`;
  return HEADER + (await bundle(source));
}

/** The "ESM" that AJV writes still requires its own runtime; bundling inlines it. */
async function bundle(source: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    write: false,
    format: "esm",
    target: "node22",
    minifyWhitespace: true,
    minifySyntax: true,
    charset: "utf8",
    logLevel: "silent",
  });
  const [file] = result.outputFiles;
  if (!file) throw new Error("esbuild produced no output for the validators.");
  if (file.text.includes("Dynamic require of")) throw new Error("The bundled validators still call require().");
  return file.text;
}

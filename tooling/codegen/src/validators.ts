import { Ajv } from "ajv";
import standaloneModule from "ajv/dist/standalone/index.js";
import { transform } from "esbuild";

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
  const used = code
    .replaceAll(/export const (params_\w+)/g, "const $1")
    .replaceAll(REQUIRED_LENGTH, "codePoints")
    .replaceAll(SCHEMA_PATH, "");
  const source = `${used}
${CODE_POINTS}
export const paramsValidators = {
${table.join("\n")}
};`;
  return HEADER + (await minify(source));
}

/** The "ESM" that AJV writes still requires its own runtime; this is the one function of it that is used. */
const REQUIRED_LENGTH = 'require("ajv/dist/runtime/ucs2length").default';
/** Where in the schema a complaint comes from: a fifth of the whole text, and nobody asks. */
const SCHEMA_PATH = /schemaPath:\s*"(?:[^"\\]|\\.)*",\s*/g;
const CODE_POINTS = `
/** JSON Schema counts code points; a pair of surrogates is one. */
function codePoints(text) {
  let count = text.length;
  for (let index = 0; index + 1 < text.length; index++) {
    if ((text.charCodeAt(index) & 0xfc00) !== 0xd800 || (text.charCodeAt(index + 1) & 0xfc00) !== 0xdc00) continue;
    count--;
    index++;
  }
  return count;
}`;

async function minify(source: string): Promise<string> {
  const { code } = await transform(source, {
    format: "esm",
    target: "node22",
    treeShaking: true,
    minifyWhitespace: true,
    minifySyntax: true,
    charset: "utf8",
  });
  if (/\brequire\b/.test(code.replaceAll(/"(?:[^"\\]|\\.)*"/g, ""))) {
    throw new Error("The validators need more of AJV's runtime: they call require().");
  }
  return code;
}

import { readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { defineConfig, type Options } from "tsup";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { version: string };

// Cleaned here and not by tsup: the two builds below share the folder and run side by side.
rmSync(new URL("dist", import.meta.url), { recursive: true, force: true });

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/**
 * `import` of these reads everything that they export, and so loads what the rest of Node takes at its first use only:
 * all of fetch for http, 40 ms and 4 MB that an idle gateway does not need; text decoders, the comparison of texts and
 * web cryptography for the others, 1 MB. `require` does not.
 */
const builtInByRequire: Plugin = {
  name: "built-in-by-require",
  setup: (build) => {
    build.onResolve({ filter: /^(?:node:)?(?:https?|crypto|util)$/ }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "required" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

/**
 * What fastify and its WebSocket plugin load and never use here: a fifth of the time and of the memory they take.
 * - Routes have no schemas, the log is not pino, and requests are made over the network (ajv … pino).
 * - Only a plugin made for this fastify is inside, which the bundle settles (semver).
 * - Sockets are never injected, and HTTP/2 is not served (duplexify, node:http2).
 */
const UNUSED: Readonly<Record<string, string>> = {
  "@fastify/ajv-compiler": "throw new Error('left out')",
  "@fastify/fast-json-stringify-compiler": "throw new Error('left out')",
  "light-my-request": "throw new Error('left out')",
  pino: "throw new Error('left out')",
  semver: "module.exports = { satisfies: () => true }",
  duplexify: "module.exports = undefined",
  "node:http2": "module.exports = {}",
};

const withoutUnused: Plugin = {
  name: "without-unused",
  setup: (build) => {
    const namespace = "unused";
    build.onResolve({ filter: new RegExp(`^(?:${Object.keys(UNUSED).join("|")})$`) }, ({ path, importer }) =>
      /[\\/]node_modules[\\/](?:fastify|@fastify[\\/]websocket)[\\/]/.test(importer) ? { path, namespace } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: UNUSED[path] ?? "" }));
  },
};

/**
 * A zod of their own for the packages in node_modules. Those of the AI SDK use all of it, three times what the
 * configuration needs; in one chunk, every start would load that.
 */
const zodOfOthers: Plugin = {
  name: "zod-of-others",
  setup: (build) => {
    const namespace = "zod-of-others";
    build.onResolve({ filter: /^zod(?:\/|$)/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === namespace || !importer.includes("node_modules")) return undefined;
      const found = await build.resolve(path, { resolveDir, importer, kind, pluginData: namespace });
      return { path: found.path, namespace, sideEffects: false };
    });
    build.onResolve({ filter: /^\./, namespace }, ({ path, importer }) => ({
      path: join(dirname(importer), path),
      namespace,
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace }, async ({ path }) => ({ contents: await readFile(path) }));
  },
};

const common: Options = {
  format: ["esm"],
  target: "node22",
  platform: "node",
  dts: false,
  sourcemap: false,
  // tsup strips "node:" by default, which breaks built-ins that exist only under it (node:sqlite).
  removeNodeProtocol: false,
  minifySyntax: true,
  minifyWhitespace: true,
  define: { OPENCLAW_VERSION: JSON.stringify(version) },
};

export default defineConfig([
  // The entry stands alone and stays small: `openclaw --version` reads this one file.
  {
    ...common,
    entry: ["src/openclaw.ts"],
    esbuildPlugins: [
      {
        name: "main-is-apart",
        setup: (build) => build.onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: "./main.js", external: true })),
      },
    ],
  },
  // Everything else, with what a command does not need in chunks of their own.
  {
    ...common,
    entry: ["src/main.ts"],
    splitting: true,
    // Which packages are inside: their licences go into the published package.
    metafile: true,
    // All but telegraf: bundled, it prints deprecation warnings of the packages inside it. (`external` alone would
    // lose to `noExternal`.)
    noExternal: [/^(?!telegraf(?:\/|$))/u],
    external: ["telegraf"],
    banner: {
      js: `import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);`,
    },
    esbuildPlugins: [builtInByRequire, withoutUnused, zodOfOthers],
    esbuildOptions: (options) => {
      options.conditions = ["@openclaw/source"];
      // The licence comments of what is bundled belong to it; they go to one file beside each chunk.
      options.legalComments = "linked";
    },
  },
]);

import { readFileSync, rmSync } from "node:fs";

import { defineConfig, type Options } from "tsup";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { version: string };

// Cleaned here and not by tsup: the two builds below share the folder and run side by side.
rmSync(new URL("dist", import.meta.url), { recursive: true, force: true });

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
    esbuildOptions: (options) => {
      options.conditions = ["@openclaw/source"];
      // The licence comments of what is bundled belong to it; they go to one file beside each chunk.
      options.legalComments = "linked";
    },
  },
]);

import { globSync } from "node:fs";
import { basename } from "node:path";

import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

// Tests run from the TypeScript sources of every workspace package; only the end-to-end tests need a build.
const conditions = ["@openclaw/source", ...defaultServerConditions];

const project = (directory: string) => ({
  extends: true as const,
  root: directory,
  test: { name: basename(directory), include: ["test/**/*.test.ts"] },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    environment: "node",
    pool: "forks",
    testTimeout: 15_000,
    hookTimeout: 15_000,
    projects: globSync("{packages,apps,tooling,examples}/*/package.json", { cwd: import.meta.dirname })
      .filter(
        (manifest) =>
          globSync(`${manifest.replace(/package\.json$/, "")}test/**/*.test.ts`, { cwd: import.meta.dirname }).length >
          0,
      )
      .map((manifest) => project(manifest.replace(/\/package\.json$/, ""))),
    coverage: {
      provider: "v8",
      include: ["{packages,apps}/*/src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});

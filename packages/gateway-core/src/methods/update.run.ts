import { defineHandler } from "./define.ts";

export const updateRun = defineHandler("update.run", () => ({
  ok: false,
  result: {
    status: "skipped" as const,
    mode: "package-manager",
    reason: "managed-by-package-manager",
    message:
      "The package manager updates this installation: npm install -g openclaw@latest (or the same with pnpm), then restart the gateway.",
  },
}));

import * as z from "zod";

import { line, milliseconds, sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const updateRun = defineMethod({
  name: "update.run",
  summary: "Says how this installation is updated: by the package manager that installed it. Changes nothing.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({
    sessionKey: sessionKey.optional(),
    note: z.string().max(4096).optional(),
    restartDelayMs: milliseconds.optional(),
    timeoutMs: milliseconds.optional(),
  }),
  ignoredParams: ["deliveryContext", "continuationMessage"],
  result: z.object({
    ok: z.boolean(),
    result: z.object({ status: z.enum(["ok", "error", "skipped"]), mode: line, reason: line, message: z.string() }),
  }),
  idempotency: "natural",
  errors: [],
  example: {
    params: {},
    result: {
      ok: false,
      result: {
        status: "skipped",
        mode: "package-manager",
        reason: "managed-by-package-manager",
        message: "The package manager updates this installation: npm install -g openclaw@latest, then restart it.",
      },
    },
  },
});

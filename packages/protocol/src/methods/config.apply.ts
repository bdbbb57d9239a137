import * as z from "zod";

import { configRestartParams, configRestartResult } from "../entities/config.ts";
import { defineMethod } from "../define.ts";

export const configApply = defineMethod({
  name: "config.apply",
  summary: "Replaces the configuration file, for the gateway to be restarted with it.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject(configRestartParams),
  result: z.object(configRestartResult),
  idempotency: "natural",
  errors: [],
  example: {
    params: {
      raw: '{ gateway: { mode: "local" } }',
      baseHash: "hmac-sha256:v1:n7kDMxQR2e89AB3UB4IHFNFtF9_UxLBnXpn0mQskva8",
    },
    result: {
      ok: true,
      path: "/home/me/.openclaw/openclaw.json",
      hash: "hmac-sha256:v1:i8YUiV_FCZNgELtNBB8bVAolNgmU8GHP1bHveqM_rqE",
      config: { gateway: { mode: "local" } },
      changedPaths: ["gateway.mode"],
      requiresRestart: true,
      restart: { ok: false, pid: 4711, delayMs: 0, reason: "config.apply", mode: "manual" },
      sentinel: {
        persisted: false,
        payload: { kind: "config-apply", status: "ok", ts: 1795395352644, requiresRestart: true },
      },
    },
  },
});

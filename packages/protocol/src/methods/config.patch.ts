import * as z from "zod";

import { configRestartParams, configRestartResult } from "../entities/config.ts";
import { defineMethod } from "../define.ts";

export const configPatch = defineMethod({
  name: "config.patch",
  summary:
    "Changes the configuration file by a JSON merge patch (RFC 7396; null removes a key), for the gateway to be restarted with it.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject(configRestartParams),
  result: z.object(configRestartResult),
  idempotency: "natural",
  errors: [],
  example: {
    params: {
      raw: '{ logging: { level: "info" } }',
      baseHash: "hmac-sha256:v1:n7kDMxQR2e89AB3UB4IHFNFtF9_UxLBnXpn0mQskva8",
    },
    result: {
      ok: true,
      path: "/home/me/.openclaw/openclaw.json",
      hash: "hmac-sha256:v1:i8YUiV_FCZNgELtNBB8bVAolNgmU8GHP1bHveqM_rqE",
      config: { logging: { level: "info" } },
      changedPaths: ["logging.level"],
      requiresRestart: true,
      restart: { ok: false, pid: 4711, delayMs: 0, reason: "config.patch", mode: "manual" },
      sentinel: {
        persisted: false,
        payload: { kind: "config-patch", status: "ok", ts: 1795395352644, requiresRestart: true },
      },
    },
  },
});

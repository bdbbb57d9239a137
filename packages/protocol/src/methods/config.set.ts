import * as z from "zod";

import { configWriteParams, configWriteResult } from "../entities/config.ts";
import { defineMethod } from "../define.ts";

export const configSet = defineMethod({
  name: "config.set",
  summary:
    "Replaces the configuration file. The gateway goes on with what it runs on until it is restarted, but for a new secret in gateway.auth, which counts at once.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject(configWriteParams),
  result: z.object(configWriteResult),
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
    },
  },
});

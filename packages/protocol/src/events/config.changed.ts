import * as z from "zod";

import { timestamp } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** May come before the answer of the request that caused it. */
export const configChangedEvent = defineEvent({
  name: "config.changed",
  summary: "The configuration file was written by config.set, config.apply or config.patch.",
  scope: "operator.read",
  roles: ["operator"],
  droppable: false,
  payload: z.object({ path: z.string(), hash: z.string().describe("As config.get answers it."), ts: timestamp }),
  example: {
    path: "/home/me/.openclaw/openclaw.json",
    hash: "hmac-sha256:v1:i8YUiV_FCZNgELtNBB8bVAolNgmU8GHP1bHveqM_rqE",
    ts: 1795396795390,
  },
});

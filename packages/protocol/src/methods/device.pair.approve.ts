import * as z from "zod";

import { pairedDevice } from "../entities/device.ts";
import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Source: wire facts 9.9. The event device.pair.resolved comes before the answer. */
export const devicePairApprove = defineMethod({
  name: "device.pair.approve",
  summary: "Approves a device that waits. Nobody can give a device more scopes than they have themselves.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ requestId: identifier }),
  result: z.object({ requestId: identifier, device: pairedDevice }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { requestId: "ea647fba-039b-4f16-8221-1c403c3b353a" },
    result: {
      requestId: "ea647fba-039b-4f16-8221-1c403c3b353a",
      device: {
        deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
        publicKey: "6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw",
        displayName: "Ada's phone",
        role: "operator",
        roles: ["operator"],
        scopes: ["operator.read", "operator.write"],
        createdAtMs: 1795394130452,
        approvedAtMs: 1795394130452,
        tokens: [{ role: "operator", scopes: ["operator.read", "operator.write"], createdAtMs: 1795394130452 }],
      },
    },
  },
});

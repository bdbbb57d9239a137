import * as z from "zod";

import { pairedDevice, pendingDevice } from "../entities/device.ts";
import { defineMethod } from "../define.ts";

/** Source: wire facts 9.8. */
export const devicePairList = defineMethod({
  name: "device.pair.list",
  summary: "Devices that wait for approval, and those that have it.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({}),
  result: z.object({ pending: z.array(pendingDevice), paired: z.array(pairedDevice) }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      pending: [],
      paired: [
        {
          deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
          publicKey: "6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw",
          displayName: "Ada's phone",
          platform: "ios",
          deviceFamily: "iPhone",
          clientId: "openclaw-ios",
          clientMode: "ui",
          role: "operator",
          roles: ["operator"],
          scopes: ["operator.read", "operator.write"],
          remoteIp: "198.51.100.7",
          approvedVia: "owner",
          createdAtMs: 1795394130452,
          approvedAtMs: 1795394130452,
          tokens: [{ role: "operator", scopes: ["operator.read", "operator.write"], createdAtMs: 1795394130452 }],
        },
      ],
    },
  },
});

import * as z from "zod";

import { identifier, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Source: wire facts 9.12 and 9.14. */
export const deviceTokenRevoke = defineMethod({
  name: "device.token.revoke",
  summary: "Ends a device's token and its approval for that role, and closes its connections (4001).",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ deviceId: identifier, role: z.string().min(1).max(64).describe("operator or node.") }),
  result: z.object({ deviceId: identifier, role: z.string(), revokedAtMs: timestamp }),
  idempotency: "natural",
  errors: [],
  example: {
    params: {
      deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      role: "operator",
    },
    result: {
      deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      role: "operator",
      revokedAtMs: 1795394131672,
    },
  },
});

import * as z from "zod";

import { identifier, timestamp, words } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Source: wire facts 9.11 and 9.14. */
export const deviceTokenRotate = defineMethod({
  name: "device.token.rotate",
  summary: "Gives a device a new token in place of the old one and closes its connections (4001).",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({
    deviceId: identifier,
    role: z.string().min(1).max(64).describe("operator or node."),
    scopes: words.optional().describe("Fewer than were approved, for the new token. Without it those of the old one."),
    showToken: z.boolean().optional().describe("Answer with the new token, in protocol 4 too."),
  }),
  result: z.object({
    deviceId: identifier,
    role: z.string(),
    scopes: words,
    rotatedAtMs: timestamp,
    token: z
      .string()
      .optional()
      .describe("Shown once: to the device itself, to callers of protocol 3, and to those who ask with showToken."),
    tokenDelivery: z
      .string()
      .optional()
      .describe("withheld-cross-device: the device gets it when it connects with the gateway's token."),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: {
      deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      role: "operator",
      scopes: ["operator.read"],
    },
    result: {
      deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      role: "operator",
      scopes: ["operator.read"],
      rotatedAtMs: 1795394131518,
      tokenDelivery: "withheld-cross-device",
    },
  },
});

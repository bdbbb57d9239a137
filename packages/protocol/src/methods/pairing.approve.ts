import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { pairingRequest } from "../entities/pairing.ts";
import { defineMethod } from "../define.ts";

export const pairingApprove = defineMethod({
  name: "pairing.approve",
  summary: "Lets a stranger write to a channel account from now on.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({
    channel: identifier,
    code: identifier.describe("The code that the stranger was told; upper or lower case."),
    accountId: identifier.optional(),
  }),
  result: z.object({ request: pairingRequest }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { channel: "telegram", code: "K7QX2MNP" },
    result: {
      request: {
        channel: "telegram",
        accountId: "default",
        senderId: "123456789",
        displayName: "Ada",
        code: "K7QX2MNP",
        createdAt: 1795394402906,
        expiresAt: 1795398002906,
      },
    },
  },
});

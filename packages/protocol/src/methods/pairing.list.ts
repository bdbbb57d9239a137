import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { pairingRequest } from "../entities/pairing.ts";
import { defineMethod } from "../define.ts";

export const pairingList = defineMethod({
  name: "pairing.list",
  summary: "Strangers who wrote to a channel account and wait for approval.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ channel: identifier.optional(), accountId: identifier.optional() }),
  result: z.object({ requests: z.array(pairingRequest) }),
  idempotency: "none",
  errors: [],
  example: {
    params: { channel: "telegram" },
    result: {
      requests: [
        {
          channel: "telegram",
          accountId: "default",
          senderId: "123456789",
          displayName: "Ada",
          code: "K7QX2MNP",
          createdAt: 1795394402906,
          expiresAt: 1795398002906,
        },
      ],
    },
  },
});

import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Source: wire facts 9.13. */
export const devicePairRename = defineMethod({
  name: "device.pair.rename",
  summary: "Gives a paired device a name of the operator's choice.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ deviceId: identifier, label: z.string().min(1).max(256) }),
  result: z.object({ deviceId: identifier, label: z.string() }),
  idempotency: "natural",
  errors: [],
  example: {
    params: {
      deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      label: "Ada's phone",
    },
    result: {
      deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      label: "Ada's phone",
    },
  },
});

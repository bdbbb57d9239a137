import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Source: wire facts 9.13 and 9.14. */
export const devicePairRemove = defineMethod({
  name: "device.pair.remove",
  summary: "Forgets a device: its tokens end, its connections are closed (4001), and it has to be approved anew.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ deviceId: identifier }),
  result: z.object({ deviceId: identifier }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889" },
    result: { deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889" },
  },
});

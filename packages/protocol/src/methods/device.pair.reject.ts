import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Source: wire facts 9.9. */
export const devicePairReject = defineMethod({
  name: "device.pair.reject",
  summary: "Refuses a device that waits. It may ask again.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ requestId: identifier }),
  result: z.object({ requestId: identifier, deviceId: identifier }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { requestId: "ea647fba-039b-4f16-8221-1c403c3b353a" },
    result: {
      requestId: "ea647fba-039b-4f16-8221-1c403c3b353a",
      deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
    },
  },
});

import * as z from "zod";

import { identifier, timestamp } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** Source: wire facts 9.1 and 9.7. */
export const devicePairResolvedEvent = defineEvent({
  name: "device.pair.resolved",
  summary: "A device's request was decided, or a newer one of the same device took its place (rejected).",
  scope: "operator.pairing",
  roles: ["operator"],
  droppable: false,
  payload: z.object({
    requestId: identifier,
    deviceId: identifier,
    decision: z.enum(["approved", "rejected"]),
    ts: timestamp,
  }),
  example: {
    requestId: "ea647fba-039b-4f16-8221-1c403c3b353a",
    deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
    decision: "approved",
    ts: 1795394130482,
  },
});

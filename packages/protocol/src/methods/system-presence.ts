import * as z from "zod";

import { presenceEntry } from "../entities/presence.ts";
import { defineMethod } from "../define.ts";

/** R6.3. */
export const systemPresence = defineMethod({
  name: "system-presence",
  summary: "The presence list, the gateway's own row included.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  result: z.array(presenceEntry),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: [
      {
        host: "studio",
        ip: "192.168.1.20",
        version: "1.0.0",
        platform: "linux",
        mode: "gateway",
        reason: "self",
        text: "Gateway: studio (192.168.1.20) · app 1.0.0 · mode gateway · reason self",
        ts: 1795394412642,
      },
    ],
  },
});

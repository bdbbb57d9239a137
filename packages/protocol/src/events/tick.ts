import * as z from "zod";

import { timestamp } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** R5.10. */
export const tickEvent = defineEvent({
  name: "tick",
  summary: "The gateway is alive. Comes every policy.tickIntervalMs; reconnect when two are missing.",
  scope: null,
  roles: ["operator", "node"],
  droppable: true,
  payload: z.object({ ts: timestamp }),
  example: { ts: 1795394412642 },
});

import * as z from "zod";

import { presenceEntry } from "../entities/presence.ts";
import { defineEvent } from "../define.ts";

/** R6.11: comes with stateVersion. */
export const presenceEvent = defineEvent({
  name: "presence",
  summary: "The whole presence list, after it changed.",
  scope: "operator.read",
  roles: ["operator"],
  droppable: true,
  payload: z.object({ presence: z.array(presenceEntry) }),
  example: { presence: [{ host: "studio", mode: "gateway", reason: "self", ts: 1795394412642 }] },
});

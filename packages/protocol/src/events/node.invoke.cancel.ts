import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** Of protocol 4; nodes of protocol 3 are not told. Source: wire facts 20.12. */
export const nodeInvokeCancelEvent = defineEvent({
  name: "node.invoke.cancel",
  summary: "Nobody waits for a command any more: its time is up, or who asked is gone. Has no seq.",
  scope: null,
  roles: ["node"],
  droppable: false,
  payload: z.object({ invokeId: identifier, nodeId: identifier }),
  example: {
    invokeId: "77f6218d-6690-4d1e-a4a0-f24ee8885161",
    nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
  },
});

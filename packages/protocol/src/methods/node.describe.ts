import * as z from "zod";

import { nodeRow } from "../entities/node.ts";
import { identifier, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R6.8. */
export const nodeDescribe = defineMethod({
  name: "node.describe",
  summary: "One node, paired or merely connected, with its capabilities and commands.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({ nodeId: identifier }),
  result: z.object({ ts: timestamp, ...nodeRow.shape }),
  idempotency: "none",
  errors: [],
  example: {
    params: { nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889" },
    result: {
      ts: 1795395286907,
      nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      displayName: "Ada's iPhone",
      platform: "ios",
      caps: ["camera", "canvas"],
      commands: ["camera.snap", "canvas.present"],
      paired: true,
      connected: true,
    },
  },
});

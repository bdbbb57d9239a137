import * as z from "zod";

import { pairedNode, pendingNode } from "../entities/node.ts";
import { defineMethod } from "../define.ts";

/** R6.10. */
export const nodePairList = defineMethod({
  name: "node.pair.list",
  summary: "Nodes that wait for approval, and those that have it.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({}),
  result: z.object({ pending: z.array(pendingNode), paired: z.array(pairedNode) }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      pending: [],
      paired: [
        {
          nodeId: "kitchen-1",
          displayName: "Kitchen tablet",
          platform: "android",
          caps: ["canvas"],
          commands: ["canvas.present"],
          createdAtMs: 1795395285444,
          approvedAtMs: 1795395285444,
        },
      ],
    },
  },
});

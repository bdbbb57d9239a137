import * as z from "zod";

import { pairedNode } from "../entities/node.ts";
import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R6.10: the event node.pair.resolved comes before the answer. */
export const nodePairApprove = defineMethod({
  name: "node.pair.approve",
  summary: "Approves a node that waits.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ requestId: identifier }),
  result: z.object({ requestId: identifier, node: pairedNode }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { requestId: "4d1af147-525f-42ed-a5df-c21b8c65a836" },
    result: {
      requestId: "4d1af147-525f-42ed-a5df-c21b8c65a836",
      node: {
        nodeId: "kitchen-1",
        displayName: "Kitchen tablet",
        createdAtMs: 1795395285444,
        approvedAtMs: 1795395285444,
      },
    },
  },
});

import * as z from "zod";

import { identifier, timestamp } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** R6.10. */
export const nodePairResolvedEvent = defineEvent({
  name: "node.pair.resolved",
  summary: "A node's request was decided. The node itself is told as well.",
  scope: "operator.pairing",
  roles: ["operator", "node"],
  droppable: false,
  payload: z.object({
    requestId: z.string().describe("Empty when a pairing was removed."),
    nodeId: identifier,
    decision: z.enum(["approved", "rejected", "removed", "expired"]),
    ts: timestamp,
  }),
  example: {
    requestId: "4d1af147-525f-42ed-a5df-c21b8c65a836",
    nodeId: "kitchen-1",
    decision: "approved",
    ts: 1795395285445,
  },
});

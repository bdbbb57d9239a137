import { pendingNode } from "../entities/node.ts";
import { defineEvent } from "../define.ts";

/** R6.10. */
export const nodePairRequestedEvent = defineEvent({
  name: "node.pair.requested",
  summary: "A node waits for approval.",
  scope: "operator.pairing",
  roles: ["operator"],
  droppable: false,
  payload: pendingNode,
  example: {
    requestId: "4d1af147-525f-42ed-a5df-c21b8c65a836",
    nodeId: "kitchen-1",
    displayName: "Kitchen tablet",
    isRepair: false,
    ts: 1795395285439,
  },
});

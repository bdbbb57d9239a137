import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R6.10. */
export const nodePairReject = defineMethod({
  name: "node.pair.reject",
  summary: "Refuses a node that waits.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ requestId: identifier }),
  result: z.object({ requestId: identifier, nodeId: identifier }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { requestId: "4d1af147-525f-42ed-a5df-c21b8c65a836" },
    result: { requestId: "4d1af147-525f-42ed-a5df-c21b8c65a836", nodeId: "kitchen-1" },
  },
});

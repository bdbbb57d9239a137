import * as z from "zod";

import { identifier, jsonObject, words } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Node hosts of protocol 4 repeat it until it succeeds, which is how they learn of their approval. Wire facts 20.18. */
export const nodeRunnerInventoryUpdate = defineMethod({
  name: "node.runnerInventory.update",
  summary: "A node says which runners it has. Refused until an operator has approved what the node offers.",
  roles: ["node"],
  scope: null,
  params: z.strictObject({ protocolFeatures: words.optional(), workerHost: jsonObject.optional() }),
  result: z.object({ nodeId: identifier }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { protocolFeatures: [], workerHost: { enabled: false } },
    result: { nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889" },
  },
});

import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. The event node.pair.resolved says `removed`, with an empty requestId. Source: wire facts 20.5. */
export const nodePairRemove = defineMethod({
  name: "node.pair.remove",
  summary: "Forgets a node: what it offers has to be approved again, and its pairing token is void.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ nodeId: identifier }),
  result: z.object({ nodeId: identifier }),
  idempotency: "natural",
  errors: [],
  example: { params: { nodeId: "kitchen-1" }, result: { nodeId: "kitchen-1" } },
});

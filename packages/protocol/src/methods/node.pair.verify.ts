import * as z from "zod";

import { pairedNode } from "../entities/node.ts";
import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R6.10. */
export const nodePairVerify = defineMethod({
  name: "node.pair.verify",
  summary: "Says whether a node's pairing token is right.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ nodeId: identifier, token: z.string().min(1).max(4096) }),
  result: z.object({ ok: z.boolean(), node: pairedNode.optional() }),
  idempotency: "none",
  errors: [],
  example: { params: { nodeId: "kitchen-1", token: "the node's token" }, result: { ok: false } },
});

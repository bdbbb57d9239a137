import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const nodeRename = defineMethod({
  name: "node.rename",
  summary: "Gives a paired node another name.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({ nodeId: identifier, displayName: identifier }),
  result: z.object({ nodeId: identifier, displayName: identifier }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { nodeId: "kitchen-1", displayName: "Kitchen tablet" },
    result: { nodeId: "kitchen-1", displayName: "Kitchen tablet" },
  },
});

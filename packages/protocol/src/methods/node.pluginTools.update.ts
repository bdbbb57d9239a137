import * as z from "zod";

import { identifier, json } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. Source: wire facts 20.18. */
export const nodePluginToolsUpdate = defineMethod({
  name: "node.pluginTools.update",
  summary: "A node says which tools its plugins offer. node.list shows them while it is connected.",
  roles: ["node"],
  scope: null,
  params: z.strictObject({ tools: z.array(json).max(256) }),
  result: z.object({ nodeId: identifier, tools: z.array(json) }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { tools: [] },
    result: { nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889", tools: [] },
  },
});

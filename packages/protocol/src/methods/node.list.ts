import * as z from "zod";

import { nodeRow } from "../entities/node.ts";
import { timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R6.7. */
export const nodeList = defineMethod({
  name: "node.list",
  summary: "Paired and connected nodes.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  result: z.object({ ts: timestamp, nodes: z.array(nodeRow) }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      ts: 1795395286902,
      nodes: [
        {
          nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
          displayName: "Ada's iPhone",
          platform: "ios",
          deviceFamily: "iPhone",
          caps: ["camera", "canvas"],
          commands: ["camera.snap", "canvas.present"],
          paired: true,
          connected: true,
        },
      ],
    },
  },
});

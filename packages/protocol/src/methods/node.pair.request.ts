import * as z from "zod";

import { pendingNode } from "../entities/node.ts";
import { identifier, line, words } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R6.10. */
export const nodePairRequest = defineMethod({
  name: "node.pair.request",
  summary: "Asks that a node be paired. Asking again gives the same request.",
  roles: ["operator"],
  scope: "operator.pairing",
  params: z.strictObject({
    nodeId: identifier,
    displayName: line.optional(),
    platform: line.optional(),
    version: line.optional(),
    coreVersion: line.optional(),
    uiVersion: line.optional(),
    deviceFamily: line.optional(),
    modelIdentifier: line.optional(),
    caps: words.optional(),
    commands: words.optional(),
    remoteIp: line.optional(),
    silent: z.boolean().optional(),
  }),
  result: z.object({ status: z.literal("pending"), request: pendingNode, created: z.boolean() }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { nodeId: "kitchen-1", displayName: "Kitchen tablet", platform: "android", caps: ["canvas"] },
    result: {
      status: "pending",
      request: {
        requestId: "4d1af147-525f-42ed-a5df-c21b8c65a836",
        nodeId: "kitchen-1",
        displayName: "Kitchen tablet",
        platform: "android",
        caps: ["canvas"],
        isRepair: false,
        ts: 1795395285439,
      },
      created: true,
    },
  },
});

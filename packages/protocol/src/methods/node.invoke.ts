import * as z from "zod";

import { idempotencyKey, identifier, json } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/**
 * R6.9. The gateways of protocols 3 and 4 run a command again when its key comes again (wire facts 20.11). This one
 * keeps the promise of every other method with a key: what was sent to a node is never sent a second time, so that a
 * client that lost its connection may ask again without a second picture, text message or program. The repetition gets
 * the first answer, also an error; a request that was refused before it reached the node may be repeated.
 */
export const nodeInvoke = defineMethod({
  name: "node.invoke",
  summary: "Runs a command on a node and answers with its result. Leaving cancels it.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    nodeId: identifier,
    command: identifier,
    params: json.optional(),
    timeoutMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .optional()
      .describe("How long the node has, 30,000 when absent or 0; the node is told what is left of it."),
    idempotencyKey,
  }),
  result: z.object({
    ok: z.literal(true),
    nodeId: identifier,
    command: identifier,
    payload: json.optional(),
    payloadJSON: z.string().nullable().optional(),
  }),
  idempotency: "key",
  errors: [],
  example: {
    params: {
      nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      command: "camera.snap",
      params: { facing: "front" },
      timeoutMs: 20000,
      idempotencyKey: "snap-1",
    },
    result: {
      ok: true,
      nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      command: "camera.snap",
      payload: { format: "jpg" },
      payloadJSON: null,
    },
  },
});

import * as z from "zod";

import { idempotencyKey, identifier, json } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R6.9. */
export const nodeInvoke = defineMethod({
  name: "node.invoke",
  summary: "Runs a command on a node and answers with its result.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    nodeId: identifier,
    command: identifier,
    params: json.optional(),
    timeoutMs: z.int().min(0).max(3_600_000).optional(),
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

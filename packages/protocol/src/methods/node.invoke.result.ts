import * as z from "zod";

import { nodeError } from "../entities/node.ts";
import { identifier, json } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const nodeInvokeResult = defineMethod({
  name: "node.invoke.result",
  summary: "A node answers a node.invoke.request. A late or unknown id is answered with `ignored`.",
  roles: ["node"],
  scope: null,
  params: z.strictObject({
    id: identifier,
    nodeId: identifier,
    ok: z.boolean(),
    payload: json.optional(),
    payloadJSON: z.string().max(33_554_432).nullable().optional().describe("The payload as JSON text."),
    error: nodeError.nullable().optional(),
  }),
  result: z.object({ ok: z.literal(true), ignored: z.boolean().optional() }),
  idempotency: "natural",
  errors: [],
  example: {
    params: {
      id: "77f6218d-6690-4d1e-a4a0-f24ee8885161",
      nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
      ok: true,
      payload: { format: "jpg" },
    },
    result: { ok: true },
  },
});

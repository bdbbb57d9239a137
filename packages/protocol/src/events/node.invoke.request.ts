import * as z from "zod";

import { identifier, milliseconds } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

export const nodeInvokeRequestEvent = defineEvent({
  name: "node.invoke.request",
  summary: "A command for one node, which answers with node.invoke.result. Has no seq.",
  scope: null,
  roles: ["node"],
  droppable: false,
  payload: z.object({
    id: identifier,
    nodeId: identifier,
    command: identifier,
    paramsJSON: z.string().nullable().describe("The parameters as JSON text."),
    timeoutMs: milliseconds.optional(),
    idempotencyKey: z.string().optional(),
  }),
  example: {
    id: "77f6218d-6690-4d1e-a4a0-f24ee8885161",
    nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
    command: "camera.snap",
    paramsJSON: '{"facing":"front"}',
    timeoutMs: 19992,
    idempotencyKey: "snap-1",
  },
});

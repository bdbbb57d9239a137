import * as z from "zod";

import { line, milliseconds } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** R5.12. */
export const shutdownEvent = defineEvent({
  name: "shutdown",
  summary: "The gateway is about to close every connection, with code 1012.",
  scope: null,
  roles: ["operator", "node"],
  droppable: false,
  payload: z.object({
    reason: line,
    restartExpectedMs: milliseconds
      .nullable()
      .optional()
      .describe("When it will be back; absent or null when it stops."),
  }),
  example: { reason: "gateway restarting", restartExpectedMs: 1500 },
});

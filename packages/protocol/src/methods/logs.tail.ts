import * as z from "zod";

import { count } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** R7.10. */
export const logsTail = defineMethod({
  name: "logs.tail",
  summary: "Lines of the gateway's log file: the end of it, or what follows a cursor.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    cursor: count.optional().describe("A byte offset that an earlier answer gave."),
    limit: z.int().min(1).max(5000).optional(),
    maxBytes: z.int().min(1).max(1_000_000).optional(),
  }),
  result: z.object({
    file: z.string(),
    cursor: count.describe("Where the next call goes on."),
    size: count,
    lines: z.array(z.string()).describe("JSON, one object per line, secrets masked."),
    truncated: z.boolean().describe("True when lines were left out."),
    reset: z.boolean().describe("True when the cursor was not in the file, which was rotated or cut."),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { limit: 2 },
    result: {
      file: "/home/me/.openclaw/logs/openclaw-2026-11-24.log",
      cursor: 548406,
      size: 548406,
      lines: ['{"time":1795394402906,"level":"info","message":"ready"}'],
      truncated: true,
      reset: false,
    },
  },
});

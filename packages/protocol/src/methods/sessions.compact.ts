import * as z from "zod";

import { sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const sessionsCompact = defineMethod({
  name: "sessions.compact",
  summary:
    "Has a session summarised by its model, so that less of it goes to the model. The transcript stays. Waits for its turn in the session.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({
    key: sessionKey,
    maxLines: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe("How many of the newest messages stay as they are; the agent decides when left out."),
    instructions: z.string().min(1).max(2_000).optional().describe("What the summary should keep."),
  }),
  result: z.object({
    ok: z.literal(true),
    key: sessionKey,
    compacted: z.boolean(),
    reason: z.string().optional().describe("Why nothing was summarised."),
    kept: z.int().nonnegative().optional().describe("How many messages stay as they are."),
    tokensBefore: z.int().nonnegative().optional().describe("An estimate."),
    tokensAfter: z.int().nonnegative().optional().describe("An estimate."),
  }),
  idempotency: "none",
  errors: ["AGENT_TIMEOUT", "UNAVAILABLE"],
  example: {
    params: { key: "agent:main:main", maxLines: 20 },
    result: {
      ok: true,
      key: "agent:main:main",
      compacted: true,
      kept: 20,
      tokensBefore: 41_200,
      tokensAfter: 3_900,
    },
  },
});

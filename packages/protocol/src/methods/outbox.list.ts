import * as z from "zod";

import { count, identifier } from "../entities/primitives.ts";
import { outboxRow, outboxState } from "../entities/outbox.ts";
import { defineMethod } from "../define.ts";

export const outboxList = defineMethod({
  name: "outbox.list",
  summary: "Outbound messages and what became of each, newest first.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    state: outboxState.optional(),
    channel: identifier.optional(),
    limit: z.int().min(1).max(1000).optional().describe("100 when left out."),
  }),
  result: z.object({
    rows: z.array(outboxRow),
    total: count.optional().describe("How many rows match, beyond the limit as well."),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { state: "dead", limit: 10 },
    result: {
      rows: [
        {
          id: "8e85fea2-3b68-451e-afe4-24ddbff7e501",
          channel: "telegram",
          accountId: "default",
          chatId: "123456789",
          state: "dead",
          attempts: 1,
          reason: "403: the bot was blocked by the user",
          createdAt: 1795394402906,
          deadlineAt: 1795398002906,
          runId: "hello-1",
          preview: "Hello.",
        },
      ],
      total: 1,
    },
  },
});

import * as z from "zod";

import { defineMethod } from "../define.ts";
import { outboxRow } from "../entities/outbox.ts";
import { identifier } from "../entities/primitives.ts";

export const outboxDiscard = defineMethod({
  name: "outbox.discard",
  summary: "Gives up a message that waits, or whose fate is unknown.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({ id: identifier.describe("As outbox.list names it.") }),
  result: z.object({ row: outboxRow }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { id: "8e85fea2-3b68-451e-afe4-24ddbff7e501" },
    result: {
      row: {
        id: "8e85fea2-3b68-451e-afe4-24ddbff7e501",
        channel: "telegram",
        accountId: "default",
        chatId: "123456789",
        state: "dead",
        attempts: 1,
        createdAt: 1795394402906,
        deadlineAt: 1795398002906,
        preview: "Hello.",
      },
    },
  },
});

import * as z from "zod";

import { defineMethod } from "../define.ts";
import { inboxRow, inboxState } from "../entities/inbox.ts";
import { identifier } from "../entities/primitives.ts";

export const inboxList = defineMethod({
  name: "inbox.list",
  summary: "Inbound deliveries and what became of each, newest first. What was said is in the sessions.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    state: inboxState.optional(),
    channel: identifier.optional(),
    limit: z.int().min(1).max(1000).optional().describe("100 when left out."),
  }),
  result: z.object({ rows: z.array(inboxRow) }),
  idempotency: "none",
  errors: [],
  example: {
    params: { state: "ignored", limit: 10 },
    result: {
      rows: [
        {
          id: 42,
          channel: "telegram",
          accountId: "default",
          eventId: "123:update:1001",
          state: "ignored",
          reason: "the sender is not in allowFrom",
          receivedAt: 1795394402906,
          updatedAt: 1795394402911,
        },
      ],
    },
  },
});

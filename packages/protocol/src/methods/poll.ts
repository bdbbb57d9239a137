import * as z from "zod";

import { defineMethod } from "../define.ts";
import { outboxState } from "../entities/outbox.ts";
import { count, idempotencyKey, identifier } from "../entities/primitives.ts";

export const poll = defineMethod({
  name: "poll",
  summary: "Asks a chat to choose among options, where the channel has polls.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    to: z.string().min(1).max(1024).describe("A chat or a person, in the channel's own form."),
    question: z.string().min(1).max(1024),
    options: z.array(z.string().min(1).max(1024)).min(2).max(12),
    maxSelections: count.optional().describe("More than 1 lets a person choose several options."),
    durationHours: count.optional(),
    channel: identifier.optional().describe("May be left out when exactly one channel is configured."),
    accountId: identifier.optional(),
    threadId: z.union([z.string().max(256), z.int()]).optional(),
    silent: z.boolean().optional(),
    idempotencyKey,
  }),
  result: z.object({
    runId: identifier.describe("The idempotency key."),
    messageId: z.string().optional().describe("The platform's id of the poll."),
    channel: identifier,
    accountId: identifier.optional(),
    chatId: z.string().optional(),
    outboxIds: z.array(identifier).optional(),
    state: outboxState.optional(),
  }),
  idempotency: "key",
  errors: ["NOT_LINKED"],
  example: {
    params: { channel: "telegram", to: "123456789", question: "Tea?", options: ["yes", "no"], idempotencyKey: "tea-1" },
    result: { runId: "tea-1", messageId: "43", channel: "telegram", accountId: "default", chatId: "123456789" },
  },
});

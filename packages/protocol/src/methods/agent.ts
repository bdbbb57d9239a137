import * as z from "zod";

import { attachment } from "../entities/message.ts";
import { count, idempotencyKey, identifier, line, messageText, sessionKey, timestamp } from "../entities/primitives.ts";
import { runResult } from "../entities/run.ts";
import { defineMethod } from "../define.ts";

/** R5.6, R6.6: answers twice with the same id; output streams as `agent` events in between. */
export const agent = defineMethod({
  name: "agent",
  summary: "Runs an agent turn. Answers `accepted` at once and again when the turn is over.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    message: messageText.min(1),
    agentId: identifier.optional(),
    to: line.optional().describe("A phone number or chat; picks the session of that contact."),
    sessionId: identifier.optional(),
    sessionKey: sessionKey.optional(),
    model: line.optional().describe("provider/model, or a model of `provider`."),
    provider: identifier.optional(),
    thinking: line.optional(),
    deliver: z.boolean().optional().describe("True also sends the reply through a channel."),
    attachments: z.array(attachment).max(32).optional(),
    channel: identifier.optional(),
    replyTo: line.optional(),
    replyChannel: identifier.optional(),
    accountId: identifier.optional(),
    replyAccountId: identifier.optional(),
    threadId: z.union([z.string().max(256), z.int()]).optional(),
    groupId: line.optional(),
    groupChannel: line.optional(),
    groupSpace: line.optional(),
    timeout: count.optional().describe("Seconds."),
    lane: line.optional(),
    extraSystemPrompt: z.string().max(262_144).optional(),
    label: line.optional(),
    spawnedBy: sessionKey
      .optional()
      .describe(
        "The session that asks: a sub-agent's session reports to it, with the lane nested the two go on writing to each other.",
      ),
    cleanup: z
      .enum(["keep", "delete"])
      .optional()
      .describe("delete forgets a sub-agent's session when it has reported."),
    idempotencyKey,
  }),
  accepted: z.object({
    runId: identifier.describe("The idempotency key."),
    status: z.literal("accepted"),
    acceptedAt: timestamp,
    sessionKey: sessionKey.optional().describe("Since protocol 4."),
    agentId: identifier.optional().describe("Since protocol 4."),
  }),
  result: z.object({
    runId: identifier,
    status: z.enum(["ok", "error"]),
    summary: z.string().describe("completed, or why it failed."),
    result: runResult.optional(),
  }),
  idempotency: "key",
  errors: ["AGENT_TIMEOUT"],
  example: {
    params: { message: "Say hello.", sessionKey: "agent:main:main", idempotencyKey: "hello-1" },
    result: {
      runId: "hello-1",
      status: "ok",
      summary: "completed",
      result: {
        payloads: [{ text: "Hello.", mediaUrl: null }],
        meta: {
          durationMs: 812,
          agentMeta: {
            sessionId: "25758b12-7d2c-40f1-9490-f4b6f2bfac70",
            provider: "offline",
            model: "echo",
            usage: { input: 11, output: 5, cacheRead: 0, cacheWrite: 0, total: 16 },
          },
          aborted: false,
        },
      },
    },
  },
});

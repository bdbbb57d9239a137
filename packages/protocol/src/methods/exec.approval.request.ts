import * as z from "zod";

import { execApprovalOutcome, execDecision } from "../entities/exec-approval.ts";
import { identifier, json, line, messageText, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Wire facts 19.1 and 19.3. */
export const execApprovalRequest = defineMethod({
  name: "exec.approval.request",
  summary: "Asks the operators whether a command may run, and answers with what they say.",
  roles: ["operator", "node"],
  scope: "operator.approvals",
  params: z.strictObject({
    id: identifier.optional().describe("Made up when left out."),
    command: messageText.min(1).describe("For people to read."),
    commandArgv: z.array(z.string()).max(1_024).optional(),
    cwd: messageText.nullish(),
    env: z.record(z.string(), z.string()).nullish(),
    host: line.nullish().describe("Where it would run: gateway or node."),
    nodeId: line.nullish(),
    security: line.nullish(),
    ask: line.nullish().describe("With always, allow-always is no answer."),
    agentId: line.nullish(),
    resolvedPath: messageText.nullish(),
    sessionKey: line.nullish(),
    sessionId: line.nullish(),
    runId: line.nullish(),
    toolCallId: line
      .nullish()
      .describe("The call it is for: a node takes its question back by the event exec.approval.withdrawn."),
    warningText: messageText.nullish(),
    scope: json.optional(),
    systemRunPlan: json.optional(),
    systemRunBinding: json.optional(),
    turnSourceChannel: line.nullish(),
    turnSourceTo: line.nullish(),
    turnSourceAccountId: line.nullish(),
    turnSourceThreadId: z.union([line, z.int()]).nullish(),
    unavailableDecisions: z.array(execDecision).max(3).optional().describe("Answers that make no sense here."),
    timeoutMs: z.int().min(1).max(3_600_000).optional().describe("How long operators have; 120000 when left out."),
    twoPhase: z.boolean().optional().describe("Answer twice: at once that it is asked, and with the decision."),
  }),
  accepted: z.object({
    status: z.literal("accepted"),
    id: identifier,
    deliveryRoute: line.describe("approval-client, or chat where only chats were told."),
    createdAtMs: timestamp,
    expiresAtMs: timestamp,
  }),
  result: execApprovalOutcome,
  idempotency: "none",
  errors: [],
  example: {
    params: {
      command: "rm -rf build",
      cwd: "/srv/app",
      host: "gateway",
      security: "allowlist",
      ask: "on-miss",
      agentId: "main",
      resolvedPath: "/usr/bin/rm",
      sessionKey: "agent:main:main",
    },
    result: {
      id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d",
      decision: "allow-once",
      createdAtMs: 1795395071878,
      expiresAtMs: 1795395191878,
    },
  },
});

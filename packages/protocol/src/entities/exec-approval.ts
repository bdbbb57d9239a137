import * as z from "zod";

import { identifier, json, line, messageText, timestamp } from "./primitives.ts";

/** What clients of both generations send, and may see, of a command that waits for an operator. */
const nullableLine = line.nullable();
const nullableText = messageText.nullable();

export const execDecision = z
  .enum(["allow-once", "allow-always", "deny"])
  .meta({ id: "ExecDecision", description: "What an operator says to a command." });

export const execCommandRequest = z
  .object({
    command: messageText,
    cwd: nullableText,
    host: nullableLine.describe("Where it would run: gateway or node."),
    security: nullableLine,
    ask: nullableLine,
    agentId: nullableLine,
    resolvedPath: nullableText,
    sessionKey: nullableLine,
    nodeId: nullableLine.optional(),
    warningText: nullableText.optional(),
    scope: json.optional(),
    systemRunBinding: json.optional(),
    systemRunPlan: json.optional(),
    commandAnalysis: z
      .object({
        commandCount: z.int().nonnegative(),
        nestedCommandCount: z.int().nonnegative(),
        riskKinds: z.array(z.string()),
        warningLines: z.array(z.string()),
      })
      .optional(),
    allowedDecisions: z.array(execDecision).optional(),
    sessionId: nullableLine.optional(),
    runId: nullableLine.optional(),
    toolCallId: nullableLine.optional(),
    turnSourceChannel: nullableLine.optional(),
    turnSourceTo: nullableLine.optional(),
    turnSourceAccountId: nullableLine.optional(),
    turnSourceThreadId: nullableLine.optional(),
    cronExecutionSource: json.optional(),
    cronOperationBinding: json.optional(),
  })
  .meta({ id: "ExecCommandRequest", description: "A command somebody wants to run; what is not known of it is null." });

export const pendingExecApproval = z
  .object({
    id: identifier,
    approvalKind: z.literal("exec").optional(),
    request: execCommandRequest,
    createdAtMs: timestamp,
    expiresAtMs: timestamp,
  })
  .meta({ id: "PendingExecApproval", description: "A command that waits for an operator." });

export const execApprovalOutcome = z
  .object({
    id: identifier,
    decision: execDecision.nullable().describe("null when nobody decided."),
    createdAtMs: timestamp,
    expiresAtMs: timestamp,
    terminalReason: line
      .optional()
      .describe("user, timeout, no-route, cancelled, or gateway-restart; with waitDecision alone."),
  })
  .meta({ id: "ExecApprovalOutcome", description: "What came of asking." });

export const approvalRecord = z
  .object({
    id: identifier,
    status: z.enum(["pending", "approved", "denied", "expired"]),
    presentation: z.object({
      kind: z.literal("exec"),
      commandText: messageText,
      commandPreview: nullableText,
      warningText: nullableText,
      host: nullableLine,
      nodeId: nullableLine,
      agentId: nullableLine,
      allowedDecisions: z.array(execDecision),
    }),
    urlPath: line,
    createdAtMs: timestamp,
    expiresAtMs: timestamp,
    resolvedAtMs: timestamp.optional(),
    reason: line.optional(),
    decision: execDecision.optional(),
    source: z.object({ agentId: line.optional(), sessionKey: line.optional() }).optional(),
    resolver: z.object({ kind: line, id: line }).optional(),
  })
  .meta({ id: "ApprovalRecord", description: "An approval that waits or was decided." });

/** Checked by whoever owns the file, which says precisely what is wrong with it. */
export const execApprovalsDocument = z
  .record(z.string(), z.unknown())
  .meta({ id: "ExecApprovalsDocument", description: "exec-approvals.json: what may run on one machine." });

export const execApprovalsSnapshot = z
  .object({
    path: z.string(),
    exists: z.boolean(),
    hash: z.string().describe("Of the file as it is; exec.approvals.set wants it back."),
    file: execApprovalsDocument,
    resolvedDefaults: z
      .object({ security: line, ask: line, askFallback: line, autoAllowSkills: z.boolean() })
      .optional()
      .describe("What holds for an agent of which the file says nothing."),
  })
  .meta({ id: "ExecApprovalsSnapshot", description: "The approvals file of one machine." });

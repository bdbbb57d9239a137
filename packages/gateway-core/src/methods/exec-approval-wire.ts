import type { EventPayload, ParamsOf, ResultOf } from "@openclaw/protocol";
import { ApprovalsFileError, type ApprovalsSnapshot, displayCommand, withoutSecrets } from "@openclaw/exec-host";

import { GatewayError } from "../errors.ts";
import type { Approval, ApprovalQuestion, Requester } from "../exec-approvals/approval.ts";
import type { Caller } from "./define.ts";

type ApprovalRecord = ResultOf<"approval.get">["approval"];

/** What is asked. A node speaks for itself alone, whatever it says of where the command would run. */
export function toQuestion(params: ParamsOf<"exec.approval.request">, caller: Caller): ApprovalQuestion {
  const isNode = caller.role === "node";
  const { id, unavailableDecisions, timeoutMs, turnSourceThreadId } = params;
  return {
    id: isNode ? undefined : id,
    unavailableDecisions,
    timeoutMs,
    request: {
      command: commandText(params),
      systemRunBinding: params.systemRunBinding ?? null,
      systemRunPlan: params.systemRunPlan ?? null,
      cwd: params.cwd ?? null,
      nodeId: isNode ? nodeIdOf(caller) : (params.nodeId ?? null),
      host: isNode ? "node" : (params.host ?? null),
      security: params.security ?? null,
      ask: params.ask ?? null,
      warningText: params.warningText ?? null,
      scope: params.scope ?? null,
      agentId: params.agentId ?? null,
      resolvedPath: params.resolvedPath ?? null,
      sessionKey: params.sessionKey ?? null,
      sessionId: params.sessionId ?? null,
      runId: params.runId ?? null,
      toolCallId: params.toolCallId ?? null,
      turnSourceChannel: params.turnSourceChannel ?? null,
      turnSourceTo: params.turnSourceTo ?? null,
      turnSourceAccountId: params.turnSourceAccountId ?? null,
      turnSourceThreadId: turnSourceThreadId == null ? null : String(turnSourceThreadId),
      cronExecutionSource: null,
      cronOperationBinding: null,
    },
  };
}

/** Clients of protocol 4 expect to be told at once that nobody is there to answer. Source: wire facts 19.3. */
export function toRequester(caller: Caller): Requester {
  const { connectionId, role, dialect } = caller;
  const isInside = connectionId.startsWith("inside:");
  return { key: requesterKey(caller), connectionId, needsRoute: role === "operator" && dialect === 4 && !isInside };
}

/** A node is the same asker after it has connected again. */
export function requesterKey(caller: Caller): string {
  return caller.role === "node" ? `node:${nodeIdOf(caller)}` : `connection:${caller.connectionId}`;
}

export function toOutcome({ id, decision, createdAt, expiresAt }: Approval): ResultOf<"exec.approval.request"> {
  return { id, decision: decision ?? null, createdAtMs: createdAt, expiresAtMs: expiresAt };
}

export function toPending({
  id,
  request,
  createdAt: createdAtMs,
  expiresAt: expiresAtMs,
}: Approval): EventPayload<"exec.approval.requested"> {
  return { id, request, createdAtMs, expiresAtMs, approvalKind: "exec" };
}

export function toRecord(approval: Approval): ApprovalRecord {
  const { id, request, status, reason, resolver, resolvedAt, createdAt, expiresAt } = approval;
  const { agentId, sessionKey } = request;
  return {
    id,
    status,
    presentation: {
      kind: "exec",
      commandText: request.command,
      commandPreview: null,
      warningText: request.warningText ?? null,
      host: request.host,
      nodeId: request.nodeId ?? null,
      agentId,
      allowedDecisions: request.allowedDecisions ?? [],
    },
    urlPath: `/approve/${encodeURIComponent(id)}`,
    createdAtMs: createdAt,
    expiresAtMs: expiresAt,
    ...(status === "pending"
      ? {}
      : {
          ...(resolvedAt === undefined ? {} : { resolvedAtMs: resolvedAt }),
          ...(reason === undefined ? {} : { reason }),
          // What nobody decided is refused all the same.
          decision: approval.decision ?? "deny",
          source: {
            ...(agentId === null ? {} : { agentId }),
            ...(sessionKey === null ? {} : { sessionKey }),
          },
          ...(resolver ? { resolver } : {}),
        }),
  };
}

/** What is told of the approvals file: everything but the token of its socket. */
export function toSnapshot({ path, exists, hash, file }: ApprovalsSnapshot): ResultOf<"exec.approvals.get"> {
  return { path, exists, hash, file: { ...withoutSecrets(file) } };
}

/** Runs work on the approvals file; what is wrong with the file or the request becomes an answer. */
export async function withApprovalsFile<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApprovalsFileError)) throw error;
    const code = error.reason === "unreadable" ? "UNAVAILABLE" : "INVALID_REQUEST";
    throw new GatewayError(code, error.message, { cause: error, retryable: false });
  }
}

/** Where the words of the command are given, they are what is shown: a text beside them could say anything. */
function commandText({ command, commandArgv, env }: ParamsOf<"exec.approval.request">): string {
  const text = commandArgv === undefined || commandArgv.length === 0 ? command : displayCommand(commandArgv);
  const variables = Object.entries(env ?? {}).map(([name, value]) => `${name}=${displayCommand([value])}`);
  return [...variables, text].join(" ");
}

function nodeIdOf({ deviceId, client }: Caller): string {
  return deviceId ?? client.id;
}

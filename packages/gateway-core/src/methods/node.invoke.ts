import { hasScope } from "@openclaw/protocol";

import { type NodeFailureFacts, NodeFailure } from "../nodes/failures.ts";
import type { NodeAnswer } from "../nodes/invocation/invocations.ts";
import { GatewayError } from "../errors.ts";
import { type CallContext, defineHandler, idempotencyClient } from "./define.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
/** Larger answers are not kept for a repetition of the request. */
const MAX_KEPT_BYTES = 65_536;
/** Setting these decides about programs; they have methods of their own that need an administrator. */
const RESERVED = /^system\.execApprovals\./;

/** What is remembered under a key, from the moment that the command is sent. */
type Memory =
  | { readonly state: "sent" }
  | { readonly state: "answered"; readonly answer: NodeAnswer }
  | { readonly state: "answered-at-length"; readonly bytes: number }
  | { readonly state: "failed"; readonly failure: NodeFailureFacts };

interface Request {
  readonly nodeId: string;
  readonly command: string;
  readonly params?: unknown;
  readonly timeoutMs?: number | undefined;
  readonly idempotencyKey: string;
}

export const nodeInvoke = defineHandler("node.invoke", async (asked, context) => {
  const { nodeId, command } = asked;
  assertNotReserved(command);
  const { nodes, caller, signal } = context;
  const request = hasScope(caller.scopes, "operator.approvals") ? asked : withoutApproval(asked);
  const client = idempotencyClient(caller);
  const body = JSON.stringify([nodeId, command, request.params]);
  try {
    const begin = (stop: AbortSignal): Promise<NodeAnswer> => invokeOnce(request, { ...context, signal: stop });
    const answer = await nodes.jointWork.join(`${client}\n${request.idempotencyKey}`, body, signal, begin);
    if (!answer) throw reusedKey(request.idempotencyKey);
    return { ok: true as const, nodeId, command, ...answer };
  } catch (error) {
    throw error instanceof NodeFailure ? error.inDialect(caller.dialect) : error;
  }
});

/** Sends the command unless its key says that it was sent before; then the answer is what came of it. */
async function invokeOnce(request: Request, context: CallContext): Promise<NodeAnswer> {
  const { nodes, store, idempotency, caller, signal, clock } = context;
  const { nodeId, command, params, idempotencyKey, timeoutMs: given } = request;
  const deadline = clock.now() + (given === undefined || given === 0 ? DEFAULT_TIMEOUT_MS : given);
  const body = { nodeId, command, params };
  const keyed = { client: idempotencyClient(caller), method: "node.invoke", key: idempotencyKey, body };
  const before = await idempotency.recall<Memory>(store, keyed);
  if (before) return remembered(before, idempotencyKey);
  await nodes.assertInvokable(nodeId, command);
  await store.transaction((sql) => idempotency.remember(sql, keyed, { state: "sent" } satisfies Memory));
  try {
    const timeoutMs = Math.max(1, deadline - clock.now());
    const answer = await nodes.invoke(nodeId, command, params, { timeoutMs, signal, idempotencyKey });
    await idempotency.settle(keyed, memoryOf(answer));
    return answer;
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    // What never left may be asked for again.
    await idempotency.settle(keyed, error.dispatched ? { state: "failed", failure: error.facts } : undefined);
    throw error;
  }
}

function memoryOf(answer: NodeAnswer): Memory {
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  return bytes <= MAX_KEPT_BYTES ? { state: "answered", answer } : { state: "answered-at-length", bytes };
}

function remembered(memory: Memory, key: string): NodeAnswer {
  switch (memory.state) {
    case "answered":
      return memory.answer;
    case "failed":
      throw new NodeFailure(memory.failure);
    case "answered-at-length":
      throw notAgain(key, `was carried out, and its answer of ${memory.bytes} bytes is not kept`);
    case "sent":
      throw notAgain(key, "was sent, and the gateway stopped before an answer came");
  }
}

function notAgain(key: string, what: string): GatewayError {
  return new GatewayError(
    "UNAVAILABLE",
    `The command with idempotencyKey "${key}" ${what}; use a new key to have it carried out once more.`,
    { details: { reason: "already-dispatched", nodeCommandDispatched: true }, retryable: false },
  );
}

function reusedKey(key: string): GatewayError {
  return new GatewayError(
    "INVALID_REQUEST",
    `idempotencyKey "${key}" is in use for another node.invoke request; use a new key for a new request.`,
    { details: { reason: "idempotency-key-reused" } },
  );
}

const RUNS_PROGRAMS = /^system\.run(?:\.|$)/;
/** Nodes take these for an operator's word that a program may run, so only those who may give it can send them. */
const APPROVAL_FIELDS: ReadonlySet<string> = new Set(["approved", "approvalDecision"]);

function withoutApproval<R extends Request>(request: R): R {
  const { command, params } = request;
  if (!RUNS_PROGRAMS.test(command) || typeof params !== "object" || params === null || Array.isArray(params))
    return request;
  const kept = Object.entries(params).filter(([name]) => !APPROVAL_FIELDS.has(name));
  return { ...request, params: Object.fromEntries(kept) };
}

function assertNotReserved(command: string): void {
  if (!RESERVED.test(command)) return;
  throw new GatewayError(
    "INVALID_REQUEST",
    "node.invoke does not allow system.execApprovals.*; use exec.approvals.node.*",
    { details: { command } },
  );
}

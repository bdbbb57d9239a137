import type { GatewayClient } from "@openclaw/client";
import type { ApprovalAnswer, ApprovalQuestion } from "@openclaw/exec-host";
import type { EventPayload } from "@openclaw/protocol";

import { type Machine, NodeCommandError } from "./machine.ts";
import type { RunRequest } from "./run-request.ts";
import { getApprovals, setApprovals } from "./system-approvals.ts";
import { type RunReport, systemRun } from "./system-run.ts";
import { systemWhich } from "./system-which.ts";

type InvokeRequest = EventPayload<"node.invoke.request">;

/** What this node offers. */
export const NODE_COMMANDS: readonly string[] = [
  "system.run",
  "system.which",
  "system.execApprovals.get",
  "system.execApprovals.set",
];
export const NODE_CAPS: readonly string[] = ["system"];

const DEFAULT_TIMEOUT_MS = 30_000;
const APPROVAL_MS = 120_000;
/** What the last answers need to get back in time. */
const RETURN_MS = 250;
const MAX_RUNNING = 16;
const STOP_MS = 5_000;
const ANSWER_TIMEOUT_MS = 30_000;

/**
 * Carries out what a gateway asks of this machine. Everything that runs ends when its time is up, when nobody waits for
 * it any more, and when the connection is lost.
 */
export class NodeHost implements AsyncDisposable {
  readonly #client: GatewayClient;
  readonly #machine: Machine;
  readonly #running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();
  readonly #listeners: readonly Disposable[];

  constructor(client: GatewayClient, machine: Machine) {
    this.#client = client;
    this.#machine = machine;
    this.#listeners = [
      client.on("node.invoke.request", (request) => this.#take(request)),
      client.on("node.invoke.cancel", ({ invokeId }) => this.#end(invokeId, "nobody waits for it any more")),
    ];
  }

  /** The connection is lost: the gateway took what was running for lost as well. */
  disconnected(): void {
    for (const id of this.#running.keys()) this.#end(id, "the connection to the gateway was lost");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#listeners) listener[Symbol.dispose]();
    for (const id of this.#running.keys()) this.#end(id, "the node is stopping");
    const ended = Promise.allSettled([...this.#running.values()].map(({ done }) => done));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, STOP_MS);
    });
    await Promise.race([ended, late]);
    clearTimeout(timer);
  }

  #take(request: InvokeRequest): void {
    const { id } = request;
    // A request that comes twice is one request.
    if (this.#running.has(id)) return;
    const abort = new AbortController();
    const done = this.#answer(request, abort.signal).finally(() => this.#running.delete(id));
    this.#running.set(id, { abort, done });
  }

  #end(id: string, why: string): void {
    this.#running.get(id)?.abort.abort(new NodeCommandError("CANCELLED", `the command was ended: ${why}`));
  }

  async #answer(request: InvokeRequest, signal: AbortSignal): Promise<void> {
    const { id, nodeId } = request;
    const outcome = await this.#carryOut(request, signal).then(
      (payload) => ({ ok: true, payloadJSON: JSON.stringify(payload) }),
      (error: unknown) => ({ ok: false, error: toNodeError(error) }),
    );
    try {
      await this.#client.request("node.invoke.result", { id, nodeId, ...outcome }, { timeoutMs: ANSWER_TIMEOUT_MS });
    } catch {
      // The gateway is gone; it has told whoever asked.
    }
  }

  async #carryOut(request: InvokeRequest, signal: AbortSignal): Promise<unknown> {
    const { command, paramsJSON, timeoutMs = DEFAULT_TIMEOUT_MS } = request;
    if (this.#running.size > MAX_RUNNING) {
      throw new NodeCommandError("UNAVAILABLE", `this node carries out ${MAX_RUNNING} commands already; try again`);
    }
    const params = paramsOf(paramsJSON);
    switch (command) {
      case "system.run":
        return this.#run(params, { id: request.id, timeoutMs: timeoutMs > 0 ? timeoutMs : DEFAULT_TIMEOUT_MS }, signal);
      case "system.which":
        return systemWhich(this.#machine, params);
      case "system.execApprovals.get":
        return getApprovals(this.#machine);
      case "system.execApprovals.set":
        return setApprovals(this.#machine, params);
      default:
        throw new NodeCommandError("INVALID_REQUEST", `this node does not know the command ${command}`);
    }
  }

  async #run(
    params: unknown,
    { id, timeoutMs }: { readonly id: string; readonly timeoutMs: number },
    cancelled: AbortSignal,
  ): Promise<unknown> {
    const { clock } = this.#machine;
    const endsAt = clock.now() + timeoutMs;
    const deadline = new AbortController();
    const timer = clock.setTimeout(
      () => deadline.abort(new NodeCommandError("TIMEOUT", "the command was ended, because its time was up")),
      timeoutMs,
    );
    const signal = AbortSignal.any([cancelled, deadline.signal]);
    try {
      return await systemRun(
        params,
        {
          machine: this.#machine,
          ask: (question, request, asked) => this.#ask(question, { id, request, endsAt }, asked),
          report: (report) => this.#report(report),
          timeLeftMs: timeoutMs,
        },
        signal,
      );
    } finally {
      timer.cancel();
    }
  }

  /** A gateway that does not let nodes ask, or fails at it, has nobody who could agree. */
  async #ask(
    question: ApprovalQuestion,
    { id, request, endsAt }: { readonly id: string; readonly request: RunRequest; readonly endsAt: number },
    signal: AbortSignal,
  ): Promise<ApprovalAnswer> {
    const { command, display, why, policy, agentId, mayAlways } = question;
    const [program] = command.programs;
    const timeoutMs = Math.min(APPROVAL_MS, Math.max(1, endsAt - this.#machine.clock.now() - RETURN_MS));
    try {
      const { decision } = await this.#client.request(
        "exec.approval.request",
        {
          command: display,
          cwd: command.workdir,
          host: "node",
          security: policy.security,
          ask: policy.ask,
          agentId,
          warningText: why,
          timeoutMs,
          toolCallId: id,
          ...(program === undefined ? {} : { resolvedPath: program.path }),
          ...(request.sessionKey === undefined ? {} : { sessionKey: request.sessionKey }),
          ...(request.runId === undefined ? {} : { runId: request.runId }),
          ...(mayAlways ? {} : { unavailableDecisions: ["allow-always"] as const }),
        },
        { timeoutMs: timeoutMs + RETURN_MS, signal },
      );
      return decision ?? undefined;
    } catch {
      if (signal.aborted) this.#withdraw(id);
      signal.throwIfAborted();
      return undefined;
    }
  }

  /** Operators need not decide any more about a command that nobody waits for. */
  #withdraw(toolCallId: string): void {
    const payloadJSON = JSON.stringify({ toolCallId });
    this.#client.request("node.event", { event: "exec.approval.withdrawn", payloadJSON }).catch(() => {
      // Without a connection the gateway takes the question back by itself.
    });
  }

  #report({ event, payload }: RunReport): void {
    this.#client.request("node.event", { event, payloadJSON: JSON.stringify(payload) }).catch(() => {
      // That a run is told of as well is a courtesy.
    });
  }
}

function paramsOf(text: string | null): unknown {
  if (text === null || text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new NodeCommandError("INVALID_REQUEST", "the parameters of the command are not JSON");
  }
}

function toNodeError(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof NodeCommandError) return { code: error.code, message: error.message };
  return { code: "UNAVAILABLE", message: error instanceof Error ? error.message : String(error) };
}

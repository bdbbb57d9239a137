import type { Dialect, EventPayload } from "@openclaw/protocol";

import type { Clock, Ids, Timer } from "../../ports.ts";
import { cancelled, disconnected, NodeFailure, timedOut, tooLarge } from "../failures.ts";

/** Enough for a minute of video in a phone's quality; what is larger does not pass through a chat anyway. */
const MAX_ANSWER_BYTES = 16_777_216;
const MAX_PER_CONNECTION = 64;
const MAX_ERROR_LENGTH = 4_096;

/** What a node answered. */
export interface NodeAnswer {
  readonly payload?: unknown;
  /** The payload as JSON text, when the node sent it in that form. */
  readonly payloadJSON: string | null;
}

export interface NodeCommand {
  readonly connectionId: string;
  readonly nodeId: string;
  readonly dialect: Dialect;
  readonly command: string;
  readonly params: unknown;
  readonly timeoutMs: number;
  readonly idempotencyKey?: string;
}

/** What a node says of a command it was given. */
export interface CommandResult {
  readonly id: string;
  readonly nodeId: string;
  readonly ok: boolean;
  readonly payload?: unknown;
  readonly payloadJSON?: string | null | undefined;
  readonly error?: { readonly code?: string | undefined; readonly message?: string | undefined } | null | undefined;
}

export interface InvocationDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly request: (connectionId: string, payload: EventPayload<"node.invoke.request">) => void;
  readonly cancel: (connectionId: string, payload: EventPayload<"node.invoke.cancel">) => void;
}

interface Waiting {
  readonly command: NodeCommand;
  readonly end: (outcome: NodeAnswer | NodeFailure) => void;
}

/**
 * Commands that nodes were given and have not answered. Each ends once: by the answer of the connection that got it,
 * by its time, by the end of that connection, or when nobody waits for it any more.
 */
export class Invocations {
  readonly #dependencies: InvocationDependencies;
  readonly #byId = new Map<string, Waiting>();
  readonly #counts = new Map<string, number>();

  constructor(dependencies: InvocationDependencies) {
    this.#dependencies = dependencies;
  }

  /** Throws NodeFailure. */
  run(command: NodeCommand, signal: AbortSignal): Promise<NodeAnswer> {
    const { clock, ids } = this.#dependencies;
    const { connectionId } = command;
    const count = this.#counts.get(connectionId) ?? 0;
    if (count >= MAX_PER_CONNECTION) throw new NodeFailure({ kind: "busy", limit: MAX_PER_CONNECTION });
    if (signal.aborted) throw cancelled(command.command);
    this.#counts.set(connectionId, count + 1);
    const id = ids.uuid();
    return new Promise((resolve, reject) => {
      const onGone = (): void => this.#giveUp(id, cancelled(command.command));
      const timer: Timer = clock.setTimeout(() => this.#giveUp(id, timedOut()), command.timeoutMs);
      signal.addEventListener("abort", onGone, { once: true });
      this.#byId.set(id, {
        command,
        end: (outcome) => {
          timer.cancel();
          signal.removeEventListener("abort", onGone);
          this.#forget(id, connectionId);
          if (outcome instanceof NodeFailure) reject(outcome);
          else resolve(outcome);
        },
      });
      this.#send(id, command);
    });
  }

  /** Takes a node's answer. False when it is not the answer of this connection to a command that is still waited for. */
  settle(connectionId: string, result: CommandResult): boolean {
    const waiting = this.#byId.get(result.id);
    if (!waiting) return false;
    const { command } = waiting;
    if (command.connectionId !== connectionId || command.nodeId !== result.nodeId) return false;
    waiting.end(outcomeOf(result));
    return true;
  }

  /** Ends what waits for a connection that is gone. */
  disconnected(connectionId: string): void {
    for (const { command, end } of this.#byId.values()) {
      if (command.connectionId === connectionId) end(disconnected(command.command));
    }
  }

  #send(id: string, { connectionId, nodeId, command, params, timeoutMs, idempotencyKey }: NodeCommand): void {
    this.#dependencies.request(connectionId, {
      id,
      nodeId,
      command,
      paramsJSON: params === undefined ? null : JSON.stringify(params),
      timeoutMs,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
  }

  /** Nodes of protocol 3 do not know the event that tells them. */
  #giveUp(id: string, failure: NodeFailure): void {
    const waiting = this.#byId.get(id);
    if (!waiting) return;
    const { connectionId, nodeId, dialect } = waiting.command;
    if (dialect === 4) this.#dependencies.cancel(connectionId, { invokeId: id, nodeId });
    waiting.end(failure);
  }

  #forget(id: string, connectionId: string): void {
    this.#byId.delete(id);
    const count = (this.#counts.get(connectionId) ?? 1) - 1;
    if (count > 0) this.#counts.set(connectionId, count);
    else this.#counts.delete(connectionId);
  }
}

function outcomeOf({ ok, payload, payloadJSON, error }: CommandResult): NodeAnswer | NodeFailure {
  if (!ok) {
    const code = error?.code;
    const message = (error?.message ?? "node invoke failed").slice(0, MAX_ERROR_LENGTH);
    return new NodeFailure({ kind: "node-error", ...(code === undefined ? {} : { code }), message });
  }
  if (typeof payloadJSON === "string") {
    if (Buffer.byteLength(payloadJSON) > MAX_ANSWER_BYTES) return tooLarge(MAX_ANSWER_BYTES);
    return { payload: parsed(payloadJSON), payloadJSON };
  }
  if (payload === undefined) return { payloadJSON: null };
  if (Buffer.byteLength(JSON.stringify(payload)) > MAX_ANSWER_BYTES) return tooLarge(MAX_ANSWER_BYTES);
  return { payload, payloadJSON: null };
}

/** Text that is no JSON is handed on as it is, in payloadJSON alone. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

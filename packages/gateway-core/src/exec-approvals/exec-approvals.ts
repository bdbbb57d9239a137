import { GatewayError } from "../errors.ts";
import type { EventName, EventPayload } from "@openclaw/protocol";

import type { Clock, Ids, Logger, Store, Timer } from "../ports.ts";
import { type Approval, type ApprovalQuestion, type Decision, type Ending, ENDINGS } from "./approval.ts";
import type { Requester, Resolver } from "./approval.ts";
import { ApprovalTable } from "./approval-table.ts";
import { toApproval, toDecision } from "./question.ts";

const MAX_PENDING = 256;
const MAX_PENDING_PER_REQUESTER = 16;
/** A chat may name an approval by its beginning, when that is long enough to mean only one. */
const SHORTEST_PREFIX = 8;

/** Tells chats about approvals. Never throws. */
export interface ChatNotices {
  /** Where a question would be told; empty when no chat is to hear of it. */
  targets(approval: Approval): Promise<readonly ChatPlace[]>;
  asked(approval: Approval, places: readonly ChatPlace[]): Promise<void>;
  ended(approval: Approval, places: readonly ChatPlace[]): Promise<void>;
}

export interface ChatPlace {
  readonly channel: string;
  readonly account: string;
  readonly chatId: string;
  readonly threadId?: string;
}

export interface ExecApprovalsDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly publish: <E extends EventName>(event: E, payload: EventPayload<E>) => void;
  /** True when somebody else than this connection could decide. */
  readonly isAnyApproverBeside: (connectionId: string) => boolean;
  readonly chats: ChatNotices;
}

/** A question that was taken. */
export interface Asked {
  readonly approval: Approval;
  /** Who hears of it; "none" for one that was ended at once because nobody would. */
  readonly route: "approval-client" | "chat" | "none";
  /** How it ends. */
  readonly ended: Promise<Approval>;
}

interface Waiting {
  readonly approval: Approval;
  readonly askedBy: string;
  readonly places: readonly ChatPlace[];
  readonly timer: Timer;
  readonly end: PromiseWithResolvers<Approval>;
}

/**
 * Commands that wait for an operator's word. Each is a row from the moment it is asked about, and ends once: by the
 * first decision, by its deadline, when whoever asked is gone, or with the process, whose successor says so.
 */
export class ExecApprovals implements AsyncDisposable {
  readonly #dependencies: ExecApprovalsDependencies;
  readonly #table: ApprovalTable;
  readonly #waiting = new Map<string, Waiting>();
  /** Asked by each, and not yet written down. */
  readonly #taking = new Map<string, number>();
  /** Calls of an asker that were taken back while one of its questions was being written down. */
  readonly #withdrawn = new Map<string, Set<string>>();

  constructor(dependencies: ExecApprovalsDependencies) {
    this.#dependencies = dependencies;
    this.#table = new ApprovalTable(dependencies.store, dependencies.clock);
  }

  /** What a dead process left waiting was decided by nobody, and what asked for it is gone: it is denied. */
  async start(): Promise<void> {
    const left = await this.#table.endAll(ENDINGS.restart);
    if (left > 0) this.#dependencies.log.info("approvals of before the restart are denied", { count: left });
  }

  /** Asks the operators. Throws INVALID_REQUEST for an id that was used before, UNAVAILABLE when too much waits. */
  async ask(question: ApprovalQuestion, requester: Requester): Promise<Asked> {
    const { clock, ids, chats, isAnyApproverBeside } = this.#dependencies;
    this.#assertRoom(requester);
    const approval = toApproval(question, { requester: requester.key, now: clock.now(), newId: () => ids.uuid() });
    this.#take(requester.key, 1);
    try {
      const places = await chats.targets(approval);
      if (!(await this.#table.add(approval))) {
        throw new GatewayError("INVALID_REQUEST", "approval id already pending");
      }
      const isSeen = isAnyApproverBeside(requester.connectionId);
      if (!isSeen && places.length === 0 && requester.needsRoute) {
        return { approval, route: "none", ended: this.#endUnseen(approval) };
      }
      const ended = this.#wait(approval, requester, places);
      const { toolCallId } = approval.request;
      if (toolCallId && this.#withdrawn.get(requester.key)?.has(toolCallId)) void this.cancel(approval.id);
      return {
        approval,
        route: isSeen || places.length === 0 ? "approval-client" : "chat",
        ended,
      };
    } finally {
      this.#take(requester.key, -1);
    }
  }

  /** Decides. The first decision counts. Throws INVALID_REQUEST or FORBIDDEN. */
  async resolve(id: string, word: string, resolver: Resolver): Promise<Approval> {
    const decision = toDecision(word);
    const waiting = this.#waiting.get(id);
    if (!waiting) throw await this.#notWaiting(id);
    const { approval, askedBy } = waiting;
    // It is no check of rights, which its scope is; it keeps a program from answering its own question by mistake.
    if (resolver.connectionId !== undefined && resolver.connectionId === askedBy) {
      throw new GatewayError("FORBIDDEN", "an approval can not be given by the connection that asked for it", {
        details: { reason: "APPROVAL_SELF" },
      });
    }
    const allowed = approval.request.allowedDecisions ?? [];
    if (!allowed.includes(decision)) {
      throw new GatewayError("INVALID_REQUEST", `invalid decision: this command takes ${allowed.join(" or ")}`);
    }
    const ended = await this.#end(id, {
      status: decision === "deny" ? "denied" : "approved",
      decision,
      reason: "user",
      resolver: { kind: resolver.kind, id: resolver.name },
    });
    if (!ended) throw await this.#notWaiting(id);
    this.#announce(ended, decision, resolver.name);
    return ended;
  }

  /** Ends one that nobody needs any more. */
  async cancel(id: string): Promise<void> {
    const ended = await this.#end(id, ENDINGS.cancelled);
    if (ended) this.#announce(ended, "deny", "gateway");
  }

  /** Ends what somebody asked for one of its calls, which is over. */
  async withdraw(requester: string, toolCallId: string): Promise<void> {
    if (this.#taking.has(requester)) {
      const calls = this.#withdrawn.get(requester) ?? new Set();
      if (calls.size < MAX_PENDING_PER_REQUESTER) this.#withdrawn.set(requester, calls.add(toolCallId));
    }
    for (const approval of this.pending()) {
      if (approval.requester !== requester || approval.request.toolCallId !== toolCallId) continue;
      await this.cancel(approval.id);
    }
  }

  /** How one ends, or ended. `requester` narrows it to what that one asked. Throws INVALID_REQUEST for an unknown one. */
  async wait(id: string, signal: AbortSignal, requester?: string): Promise<Approval> {
    const approval = await this.get(id);
    if (!approval || (requester !== undefined && approval.requester !== requester)) throw notFound();
    const waiting = this.#waiting.get(id);
    if (!waiting) return (await this.get(id)) ?? approval;
    const gone = Promise.withResolvers<never>();
    const onAbort = (): void => gone.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      signal.throwIfAborted();
      return await Promise.race([waiting.end.promise, gone.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Those that wait, the oldest first. */
  pending(): readonly Approval[] {
    return [...this.#waiting.values()].map(({ approval }) => approval);
  }

  /** The one that waits whose id begins like this; undefined when there is none, or more than one. */
  pendingLike(beginning: string): Approval | undefined {
    const exact = this.#waiting.get(beginning);
    if (exact) return exact.approval;
    if (beginning.length < SHORTEST_PREFIX) return undefined;
    const [one, ...others] = this.pending().filter(({ id }) => id.startsWith(beginning));
    return others.length === 0 ? one : undefined;
  }

  async get(id: string): Promise<Approval | undefined> {
    return this.#waiting.get(id)?.approval ?? this.#table.get(id);
  }

  history(limit: number): Promise<Approval[]> {
    return this.#table.ended(limit);
  }

  prune(): Promise<number> {
    return this.#table.prune();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of this.#waiting.keys()) await this.#end(id, ENDINGS.restart);
  }

  #assertRoom({ key }: Requester): void {
    const taken = [...this.#taking.values()].reduce((sum, count) => sum + count, 0);
    const ofThis = [...this.#waiting.values()].filter(({ approval }) => approval.requester === key).length;
    const own = ofThis + (this.#taking.get(key) ?? 0);
    if (own < MAX_PENDING_PER_REQUESTER && this.#waiting.size + taken < MAX_PENDING) return;
    const count = own < MAX_PENDING_PER_REQUESTER ? MAX_PENDING : MAX_PENDING_PER_REQUESTER;
    throw new GatewayError(
      "UNAVAILABLE",
      `${count} commands wait for approval already; try again when some are decided`,
      { retryAfterMs: 5_000 },
    );
  }

  #take(key: string, change: 1 | -1): void {
    const count = (this.#taking.get(key) ?? 0) + change;
    if (count > 0) this.#taking.set(key, count);
    else {
      this.#taking.delete(key);
      this.#withdrawn.delete(key);
    }
  }

  #wait(approval: Approval, requester: Requester, places: readonly ChatPlace[]): Promise<Approval> {
    const { clock, publish, chats, log } = this.#dependencies;
    const { id, request, createdAt: createdAtMs, expiresAt: expiresAtMs } = approval;
    const timer = clock.setTimeout(() => void this.#expire(id), expiresAtMs - clock.now());
    const end = Promise.withResolvers<Approval>();
    this.#waiting.set(id, { approval, askedBy: requester.connectionId, places, timer, end });
    log.info("a command waits for approval", { id, host: request.host, agentId: request.agentId });
    publish("exec.approval.requested", { approvalKind: "exec", id, request, createdAtMs, expiresAtMs });
    if (places.length > 0) void chats.asked(approval, places);
    return end.promise;
  }

  async #endUnseen(approval: Approval): Promise<Approval> {
    return (await this.#table.end(approval.id, ENDINGS.noRoute)) ?? approval;
  }

  async #expire(id: string): Promise<void> {
    try {
      await this.#end(id, ENDINGS.timeout);
    } catch (error) {
      this.#dependencies.log.error("an approval that ran out could not be written down", { id, error });
    }
  }

  /** Undefined for one that is over. Whatever comes second finds it gone already. */
  async #end(id: string, ending: Ending): Promise<Approval | undefined> {
    const waiting = this.#waiting.get(id);
    if (!waiting) return undefined;
    this.#waiting.delete(id);
    waiting.timer.cancel();
    const { chats, clock, log } = this.#dependencies;
    // What can not be written down is refused: nothing runs of which there is no record.
    const ended = await this.#table.end(id, ending).catch((error: unknown) => {
      log.error("a decision could not be written down, so that the command is refused", { id, error });
      return undefined;
    });
    const outcome = ended ?? { ...waiting.approval, ...ENDINGS.restart, resolvedAt: clock.now() };
    // Whoever decided hears of it before the one who asked.
    setImmediate(() => waiting.end.resolve(outcome));
    if (waiting.places.length > 0) void chats.ended(outcome, waiting.places);
    log.info("an approval is over", { id, reason: outcome.reason, decision: outcome.decision ?? null });
    return ended;
  }

  #announce({ id, request, resolvedAt = 0 }: Approval, decision: Decision, resolvedBy: string): void {
    this.#dependencies.publish("exec.approval.resolved", { id, decision, resolvedBy, ts: resolvedAt, request });
  }

  async #notWaiting(id: string): Promise<GatewayError> {
    if (!(await this.#table.get(id))) return notFound();
    return new GatewayError("INVALID_REQUEST", "approval already resolved", {
      details: { reason: "APPROVAL_ALREADY_RESOLVED" },
    });
  }
}

function notFound(): GatewayError {
  return new GatewayError("INVALID_REQUEST", "unknown or expired approval id", {
    details: { reason: "APPROVAL_NOT_FOUND", remediation: "exec.approval.list names those that wait." },
  });
}

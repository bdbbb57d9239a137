/**
 * The second half of STORY 2: session lane → agent turn → outbox. Turns are rows; this runs them, one at a time per
 * session and a bounded number at once, and writes down in one commit everything a turn leads to: its messages in
 * the transcript, its answer, and the parts to be sent.
 */
import type { ErrorShape } from "@openclaw/protocol";

import { bindTools } from "./agent/bind-tools.ts";
import { runTurn, type StopReason, type TurnOutcome, TurnStopped } from "./agent/run-turn.ts";
import { TurnEvents } from "./agent/turn-events.ts";
import type { ChannelSupervisor } from "./channels/supervisor.ts";
import { GatewayError } from "./errors.ts";
import type { EventBus } from "./events/bus.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { OutboxRow } from "./outbox/outbox-table.ts";
import type { Agent, Clock, Logger, SqlExecutor, Store, Timer, Tool, ToolContext } from "./ports.ts";
import type { Session, SessionStore } from "./sessions/session-store.ts";
import { LEASE_MS, type Turn, type TurnEnd, type TurnQueue, type TurnRequest } from "./sessions/turn-queue.ts";
import type { ToolPolicy, ToolSubject } from "./tools/tool-policy.ts";

/** A turn that was begun this often and never ended takes the process down with it, and is not begun again. */
const MAX_ATTEMPTS = 3;
const HISTORY_MESSAGES = 400;
const PUMP_RETRY_MS = 5_000;

export interface TurnSettings {
  readonly maxConcurrent: number;
  readonly timeoutMs: number;
}

export interface TurnFlowRooms {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventBus;
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
  readonly outbox: Outbox;
  readonly channels: () => ChannelSupervisor;
  readonly agent: Agent;
  readonly tools: () => readonly Tool[];
  /** Which of the tools a turn may use. */
  readonly toolPolicy: (subject: ToolSubject) => ToolPolicy;
  /** Calls a method with the rights of a turn. */
  readonly call: ToolContext["call"];
  /** Lines about the system that the session has not been told yet; each is handed out once. */
  readonly takeNotes: (sessionKey: string) => readonly string[];
  readonly settings: () => TurnSettings;
}

/** What ending a session's work came to. */
export interface StopResult {
  readonly runIds: readonly string[];
}

interface RunningTurn {
  readonly turn: Turn;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export class TurnFlow implements AsyncDisposable {
  readonly #rooms: TurnFlowRooms;
  readonly #running = new Map<string, RunningTurn>();
  readonly #waiters = new Map<string, Set<(turn: Turn) => void>>();
  #pumping = false;
  #pumpAgain = false;
  #started = false;
  #stopped = false;
  #upkeep: Timer | undefined;
  #retry: Timer | undefined;

  constructor(rooms: TurnFlowRooms) {
    this.#rooms = rooms;
  }

  /** Takes up the lanes a dead process held, then begins to run what waits. */
  async start(): Promise<void> {
    await this.#recover();
    this.#started = true;
    this.#upkeep = this.#rooms.clock.setInterval(() => void this.#keepLeases(), LEASE_MS / 4);
    this.pump();
  }

  /** Starts waiting turns while there is room. Safe to call at any time, any number of times. */
  pump(): void {
    if (!this.#started || this.#stopped) return;
    if (this.#pumping) {
      this.#pumpAgain = true;
      return;
    }
    this.#pumping = true;
    void this.#pumpUntilDone();
  }

  async wait(runId: string, timeoutMs: number, signal?: AbortSignal): Promise<Turn | undefined> {
    const change = Promise.withResolvers<Turn | undefined>();
    const waiters = this.#waiters.get(runId) ?? new Set();
    this.#waiters.set(runId, waiters.add(change.resolve));
    const giveUp = () => change.resolve(undefined);
    using _timer = this.#rooms.clock.setTimeout(giveUp, timeoutMs);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      const turn = await this.#rooms.turnQueue.get(runId);
      if (!turn || hasEnded(turn)) return turn;
      return await change.promise;
    } finally {
      signal?.removeEventListener("abort", giveUp);
      waiters.delete(change.resolve);
      if (waiters.size === 0) this.#waiters.delete(runId);
    }
  }

  async stop(sessionKey: string, runId?: string): Promise<StopResult> {
    const open = await this.#rooms.turnQueue.open(sessionKey);
    const chosen = runId === undefined ? open : open.filter((turn) => turn.runId === runId);
    for (const turn of chosen) {
      const running = this.#running.get(turn.runId);
      if (running) {
        running.controller.abort(new TurnStopped("rpc"));
        await running.ended;
      } else {
        await this.#endWaiting(turn);
      }
    }
    return { runIds: chosen.map((turn) => turn.runId) };
  }

  counts(): ReturnType<TurnQueue["countOpen"]> {
    return this.#rooms.turnQueue.countOpen();
  }

  /** Lets running turns end until the deadline, then gives their lanes back for the next start. */
  async drain(deadlineMs: number): Promise<void> {
    this.#stopped = true;
    const timeUp = Promise.withResolvers<void>();
    using _timer = this.#rooms.clock.setTimeout(() => timeUp.resolve(), deadlineMs);
    await Promise.race([Promise.all([...this.#running.values()].map(({ ended }) => ended)), timeUp.promise]);
    for (const { controller } of this.#running.values()) controller.abort(new TurnStopped("shutdown"));
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
    this.#upkeep?.cancel();
    this.#retry?.cancel();
  }

  async #pumpUntilDone(): Promise<void> {
    try {
      do {
        this.#pumpAgain = false;
        await this.#startWhatFits();
      } while (this.#pumpAgain);
    } catch (error) {
      this.#rooms.log.error("waiting turns could not be started; it is tried again", {
        error,
        retryInMs: PUMP_RETRY_MS,
      });
      this.#retry = this.#rooms.clock.setTimeout(() => this.pump(), PUMP_RETRY_MS);
    } finally {
      this.#pumping = false;
    }
  }

  async #startWhatFits(): Promise<void> {
    const { store, turnQueue, settings } = this.#rooms;
    while (!this.#stopped && this.#running.size < settings().maxConcurrent) {
      const turn = await store.transaction((sql) => turnQueue.claim(sql));
      if (!turn) return;
      const controller = new AbortController();
      const ended = this.#run(turn, controller.signal)
        .catch((error: unknown) =>
          this.#rooms.log.error("a turn could not be written down", { runId: turn.runId, error }),
        )
        .finally(() => {
          this.#running.delete(turn.runId);
          this.pump();
        });
      this.#running.set(turn.runId, { turn, controller, ended });
    }
  }

  async #run(turn: Turn, signal: AbortSignal): Promise<void> {
    const { agent, clock, settings } = this.#rooms;
    const session = await this.#openTranscript(turn);
    const events = this.#eventsOf(turn, session);
    if (turn.attempts > MAX_ATTEMPTS) {
      const message = `This turn was begun ${MAX_ATTEMPTS} times and the gateway stopped each time; it is not begun again.`;
      return this.#finish(turn, session, events, { kind: "failed", message, reason: "internal", error: message });
    }
    const history = await this.#rooms.sessions.history(session.sessionId, HISTORY_MESSAGES, turn.runId);
    let hasSideEffects = turn.sideEffects;
    const tools = bindTools(this.#rooms.tools(), {
      ...identityOf(turn),
      call: this.#rooms.call,
      allows: this.#rooms.toolPolicy({ agentId: turn.agentId, chatType: session.chatType, chat: turn.route ?? session.route }),
      beforeSideEffect: async () => {
        if (!hasSideEffects) await this.#rooms.turnQueue.markSideEffects(turn.runId);
        hasSideEffects = true;
      },
    });
    using _typing = turn.route && this.#rooms.channels().typing(turn.route.channel, turn.route.account, turn.route);
    events.start();
    const { timeoutMs, ...request } = this.#withNotes(turn);
    const outcome = await runTurn({
      agent,
      turn: {
        ...identityOf(turn),
        sessionId: session.sessionId,
        ...chosenModel(session),
        ...request,
        ...(turn.route === undefined ? {} : { channel: turn.route.channel }),
        history,
        tools,
      },
      events,
      clock,
      timeoutMs: timeoutMs ?? settings().timeoutMs,
      signal,
    });
    if (outcome.kind === "stopped" && outcome.stopReason === "shutdown" && !hasSideEffects) return this.#putBack(turn);
    return this.#finish(turn, session, events, outcome);
  }

  /** The prompt, after what happened around the gateway since the session was last asked something. */
  #withNotes({ request, sessionKey }: Turn): TurnRequest {
    const notes = this.#rooms.takeNotes(sessionKey).map((line) => `System: ${line}`);
    return notes.length === 0 ? request : { ...request, prompt: [...notes, request.prompt].join("\n") };
  }

  /** The session of a turn, with the prompt in its transcript: clients that look now see what was asked. */
  async #openTranscript(turn: Turn): Promise<Session> {
    const { store, sessions, clock } = this.#rooms;
    return store.transaction(async (sql) => {
      const session = await sessions.touch(sql, { key: turn.sessionKey, agentId: turn.agentId, chatType: "direct" });
      if (!(await sessions.hasPrompt(sql, turn.runId))) {
        const content = [{ type: "text" as const, text: turn.request.prompt }];
        await sessions.append(sql, session.sessionId, { role: "user", content, timestamp: clock.now() }, turn.runId);
      }
      return session;
    });
  }

  /** Writes the whole outcome down in one commit, then tells everyone. */
  async #finish(turn: Turn, session: Session, events: TurnEvents, outcome: TurnOutcome): Promise<void> {
    const { store, outbox, log } = this.#rooms;
    if (outcome.kind === "failed")
      log.warn("turn failed", { ...identityOf(turn), reason: outcome.reason, error: outcome.error });
    const end = this.#endOf(turn, session, outcome);
    const rows = await store.transaction(async (sql) => {
      if (!(await this.#rooms.turnQueue.end(sql, turn.runId, end))) return undefined;
      await this.#writeTranscript(sql, turn, session, outcome);
      return this.#queueReply(sql, turn, outcome);
    });
    if (!rows) return log.warn("a turn ended that was no longer this gateway's to end", identityOf(turn));
    tellOutcome(events, outcome);
    outbox.wake(rows);
    await this.#notify(turn.runId);
  }

  async #writeTranscript(sql: SqlExecutor, turn: Turn, session: Session, outcome: TurnOutcome): Promise<void> {
    const { sessions, clock } = this.#rooms;
    if (outcome.kind === "done") {
      for (const message of outcome.messages) await sessions.append(sql, session.sessionId, message, turn.runId);
      const { usage, provider, model } = outcome;
      return sessions.recordTurn(sql, turn.sessionKey, { usage, provider, model, aborted: false });
    }
    if (outcome.kind === "stopped" && outcome.partialText !== "") {
      const content = [{ type: "text" as const, text: outcome.partialText }];
      const message = { role: "assistant" as const, content, timestamp: clock.now(), stopReason: "aborted" };
      await sessions.append(sql, session.sessionId, message, turn.runId);
    }
    return sessions.recordTurn(sql, turn.sessionKey, { aborted: true });
  }

  async #queueReply(sql: SqlExecutor, turn: Turn, outcome: TurnOutcome): Promise<OutboxRow[]> {
    const text = replyText(outcome);
    if (!turn.route || text === "") return [];
    return this.#rooms.outbox.enqueue(sql, { ...turn.route, runId: turn.runId, text });
  }

  #endOf(turn: Turn, session: Session, outcome: TurnOutcome): TurnEnd {
    if (outcome.kind !== "done")
      return { state: outcome.kind === "failed" ? "failed" : "aborted", error: errorOf(outcome) };
    const { text, stopReason, provider, model, usage } = outcome;
    const durationMs = this.#rooms.clock.now() - (turn.startedAt ?? turn.acceptedAt);
    return {
      state: "done",
      answer: { text, stopReason, provider, model, usage, durationMs, sessionId: session.sessionId },
    };
  }

  /** A stop of the gateway is no end of the turn: it waits for the next start. */
  async #putBack(turn: Turn): Promise<void> {
    await this.#rooms.turnQueue.release(turn.runId);
    await this.#notify(turn.runId);
  }

  async #endWaiting(turn: Turn): Promise<void> {
    const { store, turnQueue } = this.#rooms;
    const outcome: TurnOutcome = { kind: "stopped", stopReason: "rpc", partialText: "" };
    const ended = await store.transaction((sql) =>
      turnQueue.end(sql, turn.runId, { state: "aborted", error: errorOf(outcome) }),
    );
    if (!ended) return;
    const session = await this.#rooms.sessions.get(turn.sessionKey);
    if (session) tellOutcome(this.#eventsOf(turn, session), outcome);
    await this.#notify(turn.runId);
  }

  /** Turns whose process died: those that changed nothing outside are queued again, the others are reported. */
  async #recover(): Promise<void> {
    for (const turn of await this.#rooms.turnQueue.recover()) {
      const session = await this.#openTranscript(turn);
      const message =
        "I was interrupted while working on this, after I had begun to act. Some of it may be done; ask again if it should be repeated.";
      await this.#finish(turn, session, this.#eventsOf(turn, session), {
        kind: "failed",
        message,
        reason: "interrupted",
        error: message,
      });
    }
  }

  /** Renews what runs here, and takes up any lane whose lease ran out without its turn being here. */
  async #keepLeases(): Promise<void> {
    try {
      for (const { turn, controller } of this.#running.values()) {
        if (!(await this.#rooms.turnQueue.renew(turn.runId))) controller.abort(new TurnStopped("shutdown"));
      }
      await this.#recover();
      this.pump();
    } catch (error) {
      this.#rooms.log.error("the leases of running turns could not be renewed", { error });
    }
  }

  async #notify(runId: string): Promise<void> {
    const waiters = this.#waiters.get(runId);
    const turn = waiters && (await this.#rooms.turnQueue.get(runId));
    if (turn) for (const tell of waiters) tell(turn);
  }

  #eventsOf(turn: Turn, session: Session): TurnEvents {
    const { clock, events } = this.#rooms;
    return new TurnEvents({ ...identityOf(turn), sessionId: session.sessionId }, clock, {
      agent: (payload) => events.publish("agent", payload),
      chat: (payload) => events.publish("chat", payload),
    });
  }
}

function identityOf(turn: Turn): { runId: string; sessionKey: string; agentId: string } {
  const { runId, sessionKey, agentId } = turn;
  return { runId, sessionKey, agentId };
}

function chosenModel(session: Session): { model?: string; thinking?: string } {
  const { model, thinkingLevel } = session;
  return {
    ...(model === undefined ? {} : { model }),
    ...(thinkingLevel === undefined ? {} : { thinking: thinkingLevel }),
  };
}

function hasEnded(turn: Turn): boolean {
  return turn.state !== "queued" && turn.state !== "running";
}

function tellOutcome(events: TurnEvents, outcome: TurnOutcome): void {
  if (outcome.kind === "done") events.end(outcome.text, outcome.stopReason);
  else if (outcome.kind === "failed") events.error(outcome.message, outcome.reason);
  else if (outcome.stopReason === "timeout") events.error(errorOf(outcome).message, "timeout");
  else events.aborted(outcome.stopReason);
}

/** What the person in the chat is told. A turn they stopped themselves needs no words. */
function replyText(outcome: TurnOutcome): string {
  if (outcome.kind === "done") return outcome.text;
  if (outcome.kind === "failed") return `⚠️ ${outcome.message}`;
  return outcome.stopReason === "timeout" ? `⚠️ ${errorOf(outcome).message}` : "";
}

function errorOf(outcome: Exclude<TurnOutcome, { kind: "done" }>): ErrorShape {
  if (outcome.kind === "failed") {
    return { code: "UNAVAILABLE", message: outcome.message, details: { reason: outcome.reason } };
  }
  const shapes: Record<StopReason, ErrorShape> = {
    timeout: {
      code: "AGENT_TIMEOUT",
      message: "The agent did not finish within its time limit and was stopped.",
      retryable: true,
    },
    rpc: { code: "UNAVAILABLE", message: "The turn was stopped on request.", details: { reason: "aborted" } },
    stop: { code: "UNAVAILABLE", message: "The turn was stopped on request.", details: { reason: "aborted" } },
    shutdown: { code: "UNAVAILABLE", message: "The gateway stopped during this turn.", retryable: true },
  };
  return shapes[outcome.stopReason];
}

/** Throws what a caller of a turn must see when it did not end well. */
export function assertEndedWell(turn: Turn): asserts turn is Turn & { answer: NonNullable<Turn["answer"]> } {
  if (turn.answer) return;
  const error = turn.error ?? {
    code: "UNAVAILABLE" as const,
    message: "The gateway stopped before the turn had ended; it goes on after the restart.",
  };
  throw new GatewayError(error.code, error.message, { details: error.details, retryable: error.retryable ?? false });
}

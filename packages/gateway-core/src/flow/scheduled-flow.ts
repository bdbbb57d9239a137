/**
 * STORY 3, the walk of a scheduled job:
 *
 *   clock → slot (due, durable) → claimed → a line for the main session, a turn of its own, or a heartbeat → done
 *
 * Whatever a slot causes goes by the slot's run id, and what its end leads to is written down in the commit that ends
 * it. So a process may die anywhere: the slot is taken up again, and nothing happens a second time.
 */
import { homedir } from "node:os";

import { agentIds, agentWorkspace, defaultAgentId } from "../config/agent-selection.ts";
import { isSwitchedOn } from "../config/env.ts";
import { expandPath } from "../config/paths.ts";
import type { ConfigRuntime } from "../config/runtime.ts";
import type { ChannelSupervisor } from "../channels/supervisor.ts";
import { Cron } from "../cron/cron.ts";
import type { JobDefinition } from "../cron/job.ts";
import { SessionNotes } from "../cron/session-notes.ts";
import type { SlotOutcome, SlotRun } from "../cron/slot-runner.ts";
import { type JobQuestion, runTurnJob, type TurnJobDependencies } from "../cron/turn-job.ts";
import type { EventBus } from "../events/bus.ts";
import { type HeartbeatQuestion, Heartbeats } from "../heartbeat/heartbeats.ts";
import { heartbeatJob, heartbeatJobId } from "../heartbeat/heartbeat-job.ts";
import { HEARTBEAT_PROMPT } from "../heartbeat/prompts.ts";
import type { HeartbeatAnswer } from "../heartbeat/reply.ts";
import { heartbeatAgents, type HeartbeatSettings, heartbeatSettings } from "../heartbeat/settings.ts";
import { heartbeatVisibility } from "../heartbeat/visibility.ts";
import { isModelConfigured } from "../host/unconfigured-agent.ts";
import type { MessageFlow, TurnSubmission } from "../message-flow.ts";
import { toCronEvent } from "../methods/cron-wire.ts";
import { sendTarget } from "../methods/send-target.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Agent, Clock, Ids, Logger, SqlExecutor, Store } from "../ports.ts";
import { renewSession, undoRun } from "../sessions/run-traces.ts";
import { canonicalSessionKey, mainSessionKey } from "../sessions/session-key.ts";
import type { Route, SessionStore } from "../sessions/session-store.ts";
import type { TurnQueue } from "../sessions/turn-queue.ts";

/** The client under which scheduled turns are submitted; no client of the control plane has an id like it. */
const CLIENT = "inside:cron";
/** A turn ends by its own limit; this only bounds the wait for one that stands behind others. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;
const RECENT_SESSIONS = 50;

export interface ScheduledFlowRooms {
  readonly config: ConfigRuntime;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly agent: Agent;
  readonly events: EventBus;
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
  readonly outbox: Outbox;
  readonly channels: () => ChannelSupervisor;
  readonly messages: () => MessageFlow;
  /** Called when what health shows of heartbeats has changed. */
  readonly onHeartbeatsChange: () => void;
}

/** What health shows of an agent's heartbeats. */
export interface HeartbeatView {
  readonly enabled: boolean;
  readonly every: string;
  readonly everyMs: number | null;
  readonly prompt: string;
  readonly target: string;
  readonly ackMaxChars: number;
}

export class ScheduledFlow implements AsyncDisposable {
  readonly cron: Cron;
  readonly heartbeats: Heartbeats<Route>;
  readonly notes: SessionNotes;
  readonly #rooms: ScheduledFlowRooms;
  readonly #turnJobs: TurnJobDependencies<Route>;
  #heartbeatsAreOn = true;

  constructor(rooms: ScheduledFlowRooms) {
    const { store, clock, ids, log, config, events, turnQueue } = rooms;
    this.#rooms = rooms;
    this.notes = new SessionNotes(store, clock);
    this.cron = new Cron({
      store,
      clock,
      ids,
      log: log.child("cron"),
      execute: (run, signal) => this.#execute(run, signal),
      hasBegun: async (runId) => (await turnQueue.get(runId)) !== undefined,
      onChange: (change) => {
        const payload = toCronEvent(change);
        if (payload) events.publish("cron", payload);
      },
      settings: () => ({
        enabled: config.current.cron.enabled && !isSwitchedOn(config.environment.OPENCLAW_SKIP_CRON),
        maxConcurrentRuns: config.current.cron.maxConcurrentRuns,
      }),
    });
    const ask = (question: HeartbeatQuestion | JobQuestion, signal: AbortSignal) =>
      this.#ask(submissionOf(question), signal);
    const enqueue: TurnJobDependencies<Route>["enqueue"] = (sql, route, message) => this.#enqueue(sql, route, message);
    this.#turnJobs = {
      hasBegun: async (runId) => (await turnQueue.get(runId)) !== undefined,
      renewSession: (sessionKey) => store.transaction((sql) => renewSession(sql, sessionKey, ids.uuid())),
      ask,
      route: async (agentId, { to, channel, accountId }) =>
        to === undefined ? this.lastRoute(agentId) : this.#target({ to, channel, accountId }),
      enqueue,
      tell: (sql, agentId, line) => this.#tell(sql, agentId, line),
    };
    this.heartbeats = new Heartbeats<Route>({
      store,
      clock,
      settings: (agentId) => heartbeatSettings(config.current, agentId),
      sessionKey: (agentId, chosen) => this.#sessionKey(agentId, chosen),
      workspace: (agentId) => expandPath(agentWorkspace(config.current, agentId, config.paths.workspace), homedir()),
      waitingNotes: (sessionKey) => this.notes.countWaking(sessionKey),
      lastChange: async (sessionKey) => (await rooms.sessions.get(sessionKey))?.updatedAt,
      ask,
      route: (agentId, sessionKey, settings) => this.#heartbeatRoute(agentId, sessionKey, settings),
      enqueue,
      visibility: (route) => heartbeatVisibility(config.current, route),
      undo: undoRun,
      publish: (report) => events.publish("heartbeat", report),
    });
  }

  async start(): Promise<void> {
    this.#heartbeatsAreOn = await this.heartbeats.state.isOn();
    await this.cron.start();
    await this.#keepHeartbeatJobs();
  }

  /** Begins nothing new; what runs may end. */
  stopIntake(): void {
    this.cron.stopIntake();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cron[Symbol.asyncDispose]();
  }

  async prune(): Promise<number> {
    return (await this.cron.prune()) + (await this.notes.prune());
  }

  /** Leaves a line for an agent's main session; with `now` the agent looks at it at once. */
  async wake(
    text: string,
    mode: "now" | "next-heartbeat",
    agentId = defaultAgentId(this.#rooms.config.current),
  ): Promise<void> {
    const line = { text, wake: mode === "now" };
    await this.#rooms.store.transaction((sql) => this.#tell(sql, agentId, line));
    if (mode === "now") void this.cron.check();
  }

  /** Leaves a line about the moment for the main session of the default agent. It wakes nobody. */
  noteEvent(text: string): Promise<void> {
    return this.notes.addPassing(this.#mainKey(defaultAgentId(this.#rooms.config.current)), text);
  }

  async switchHeartbeats(on: boolean): Promise<void> {
    await this.heartbeats.state.switch(on);
    this.#heartbeatsAreOn = on;
    await this.#keepHeartbeatJobs();
    this.#rooms.onHeartbeatsChange();
  }

  heartbeatView(agentId: string): HeartbeatView {
    const { config } = this.#rooms;
    const settings = heartbeatSettings(config.current, agentId);
    const { every, everyMs, prompt = HEARTBEAT_PROMPT, target, ackMaxChars } = settings;
    const beat = this.#beats(agentId, settings)
      ? { enabled: true, every, everyMs }
      : { enabled: false, every: "disabled", everyMs: null };
    return { ...beat, prompt, target, ackMaxChars };
  }

  /** Where the gateway would deliver to by itself: the chat that last wrote to an agent. Groups are nobody's own. */
  async lastRoute(agentId: string): Promise<Route | undefined> {
    const { sessions } = this.#rooms;
    const main = await sessions.get(this.#mainKey(agentId));
    if (main?.route) return main.route;
    const recent = await sessions.list({ agentId, limit: RECENT_SESSIONS });
    return recent.find((session) => session.route !== undefined && session.chatType === "direct")?.route;
  }

  #execute(run: SlotRun, signal: AbortSignal): Promise<SlotOutcome | undefined> {
    const { payload } = run.job.definition;
    switch (payload.kind) {
      case "systemEvent":
        return Promise.resolve(this.#postLine(run, payload.text));
      case "agentTurn":
        return runTurnJob({ ...run, agentId: this.#agentOf(run.job.definition), payload }, this.#turnJobs, signal);
      case "heartbeat":
        return this.#beat(run, signal);
    }
  }

  /** The line and the end of the slot are one commit. */
  #postLine({ job }: SlotRun, text: string): SlotOutcome {
    const { wakeMode } = job.definition;
    const agentId = this.#agentOf(job.definition);
    return {
      state: "done",
      summary: text,
      commit: (sql) => this.#tell(sql, agentId, { text, wake: wakeMode === "now" }),
    };
  }

  async #beat({ slot, job }: SlotRun, signal: AbortSignal): Promise<SlotOutcome | undefined> {
    const agentId = this.#agentOf(job.definition);
    return this.heartbeats.run(
      {
        agentId,
        runId: slot.runId,
        isWake: slot.origin === "manual",
        memo: slot.memo,
        remember: (memo) => this.cron.remember(slot, memo),
      },
      signal,
    );
  }

  /** Submits a turn, or finds the one submitted before, and waits for its end; undefined when the signal comes first. */
  async #ask(
    submission: TurnSubmission,
    signal: AbortSignal,
  ): Promise<HeartbeatAnswer | { readonly error: string } | undefined> {
    const messages = this.#rooms.messages();
    const { turn } = await messages.submit(CLIENT, submission);
    const ended = await messages.wait(turn.runId, LONGEST_WAIT_MS, signal);
    if (signal.aborted) return undefined;
    if (ended?.answer) return { text: ended.answer.text, isAck: ended.answer.isHeartbeatAck === true };
    return { error: ended?.error?.message ?? "The turn did not end within a day." };
  }

  /** A line for the main session, in the caller's transaction; a wish to wake it is a heartbeat that is due. */
  async #tell(sql: SqlExecutor, agentId: string, line: { text: string | undefined; wake: boolean }): Promise<void> {
    if (line.text !== undefined) await this.notes.add(sql, this.#mainKey(agentId), line.text);
    if (line.wake) await this.cron.requestOnce(sql, heartbeatJobId(agentId));
  }

  /** Every agent has its heartbeat job, so that it can be woken; the clock of those that are off stands still. */
  async #keepHeartbeatJobs(): Promise<void> {
    const { config, clock } = this.#rooms;
    for (const agentId of agentIds(config.current)) {
      const settings = heartbeatSettings(config.current, agentId);
      const { everyMs } = settings;
      await this.cron.keep(heartbeatJobId(agentId), this.#beats(agentId, settings), (before) =>
        heartbeatJob({ agentId, everyMs, now: clock.now(), before: before?.schedule }),
      );
    }
  }

  /** The offline model has nothing to look around with, and a gateway without a model should not fail on its own. */
  #beats(agentId: string, settings: HeartbeatSettings): boolean {
    const { config, agent } = this.#rooms;
    if (!this.#heartbeatsAreOn || settings.everyMs === 0) return false;
    if (!heartbeatAgents(config.current, defaultAgentId(config.current)).includes(agentId)) return false;
    return isModelConfigured(settings.model ?? agent.defaultModel(agentId));
  }

  async #heartbeatRoute(
    agentId: string,
    sessionKey: string,
    { target, to }: HeartbeatSettings,
  ): Promise<Route | undefined> {
    const last = (await this.#rooms.sessions.get(sessionKey))?.route ?? (await this.lastRoute(agentId));
    const channel = target === "last" ? last?.channel : target;
    if (to !== undefined) return this.#target({ to, channel, accountId: undefined });
    return last?.channel === channel ? last : undefined;
  }

  #target({
    to,
    channel,
    accountId,
  }: {
    to: string;
    channel: string | undefined;
    accountId: string | undefined;
  }): Route {
    return sendTarget(
      { channels: this.#rooms.channels() },
      { to, ...(channel === undefined ? {} : { channel }), ...(accountId === undefined ? {} : { accountId }) },
    );
  }

  async #enqueue(sql: SqlExecutor, route: Route, message: { runId: string; text: string }): Promise<() => void> {
    const { outbox } = this.#rooms;
    const rows = await outbox.enqueue(sql, { ...route, ...message });
    return () => outbox.wake(rows);
  }

  /** A job of an agent that is no longer there goes to the default one. */
  #agentOf({ agentId }: JobDefinition): string {
    const { current } = this.#rooms.config;
    return agentId !== undefined && agentIds(current).includes(agentId) ? agentId : defaultAgentId(current);
  }

  #mainKey(agentId: string): string {
    return mainSessionKey(agentId, this.#rooms.config.current.session);
  }

  #sessionKey(agentId: string, chosen: string | undefined): string {
    if (chosen === undefined || chosen === "main") return this.#mainKey(agentId);
    return canonicalSessionKey(chosen, agentId, this.#rooms.config.current.session);
  }
}

function submissionOf({ runId, agentId, sessionKey, ...request }: HeartbeatQuestion | JobQuestion): TurnSubmission {
  return { idempotencyKey: runId, source: "agent", sessionKey, agentId, request, isScheduled: true };
}

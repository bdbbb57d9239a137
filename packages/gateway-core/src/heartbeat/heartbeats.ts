import type { HeartbeatReport } from "@openclaw/protocol";

import type { Clock, SqlExecutor, Store } from "../ports.ts";
import { type Checklist, readChecklist } from "./checklist.ts";
import { HeartbeatState } from "./heartbeat-state.ts";
import { checklistPrompt, HEARTBEAT_PROMPT, WAKE_PROMPT } from "./prompts.ts";
import { type HeartbeatAnswer, readHeartbeatReply } from "./reply.ts";
import { type HeartbeatSettings, isActive } from "./settings.ts";
import type { HeartbeatVisibility } from "./visibility.ts";

const PREVIEW_LENGTH = 200;
/** What a chat reads of a heartbeat that found nothing. */
const ALL_WELL = "HEARTBEAT_OK";
const NO_ROUTE =
  "The heartbeat has nowhere to go yet. Write to the assistant once, or set agents.defaults.heartbeat.target and to.";

/** A chat that an answer is sent to. */
export interface HeartbeatRoute {
  readonly channel: string;
  readonly chatId: string;
}

/** A turn that a heartbeat asks for. */
export interface HeartbeatQuestion {
  readonly runId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  readonly prompt: string;
  readonly model?: string;
  readonly extraSystemPrompt?: string;
}

export interface HeartbeatDependencies<Route extends HeartbeatRoute> {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: (agentId: string) => HeartbeatSettings;
  /** The session a heartbeat runs in: the chosen one, or the agent's main one. */
  readonly sessionKey: (agentId: string, chosen: string | undefined) => string;
  readonly workspace: (agentId: string) => string;
  /** How many lines wait for the session's next turn. */
  readonly waitingNotes: (sessionKey: string) => Promise<number>;
  /** When the session last changed; undefined when there is none. */
  readonly lastChange: (sessionKey: string) => Promise<number | undefined>;
  /** Runs a turn; undefined when the signal ended the wait. Asking again by the same run id is the same turn. */
  readonly ask: (
    question: HeartbeatQuestion,
    signal: AbortSignal,
  ) => Promise<HeartbeatAnswer | { readonly error: string } | undefined>;
  /** Where an answer goes; undefined when there is nowhere. Throws GatewayError for a target that can not be. */
  readonly route: (agentId: string, sessionKey: string, settings: HeartbeatSettings) => Promise<Route | undefined>;
  /** What people see of heartbeats in a chat; without one, in general. */
  readonly visibility: (route: Route | undefined) => HeartbeatVisibility;
  /** Queues a message in the caller's transaction; the answer starts its delivery once that is committed. */
  readonly enqueue: (sql: SqlExecutor, route: Route, message: { runId: string; text: string }) => Promise<() => void>;
  /** Takes a turn that told nothing out of its session again. */
  readonly undo: (
    sql: SqlExecutor,
    turn: { key: string; runId: string; updatedAt: number | undefined },
  ) => Promise<void>;
  readonly publish: (report: HeartbeatReport) => void;
}

/** One heartbeat that is to happen. */
export interface HeartbeatRun {
  readonly agentId: string;
  readonly runId: string;
  /** Something asked for it: quiet hours and an empty checklist are no reason to leave it out. */
  readonly isWake: boolean;
  /** What `remember` was given when the run was begun before. */
  readonly memo: unknown;
  readonly remember: (memo: HeartbeatMemo) => Promise<void>;
}

export interface HeartbeatMemo {
  readonly updatedAt: number | undefined;
}

/** What it came to; `commit` belongs into the commit that ends the run. */
export interface HeartbeatOutcome {
  readonly state: "done" | "failed" | "skipped";
  readonly reason?: string | undefined;
  readonly summary?: string | undefined;
  readonly commit: (sql: SqlExecutor) => Promise<void>;
  readonly committed: () => void;
}

/** Wakes an agent without a message: asks it to look around, and passes on what it has to tell. */
export class Heartbeats<Route extends HeartbeatRoute> {
  readonly state: HeartbeatState;
  readonly #dependencies: HeartbeatDependencies<Route>;

  constructor(dependencies: HeartbeatDependencies<Route>) {
    this.#dependencies = dependencies;
    this.state = new HeartbeatState(dependencies.store);
  }

  /** Undefined when the signal ended it; the same run may then be run again. */
  async run(run: HeartbeatRun, signal: AbortSignal): Promise<HeartbeatOutcome | undefined> {
    const { clock, settings: settingsOf, ask } = this.#dependencies;
    const settings = settingsOf(run.agentId);
    const sessionKey = this.#dependencies.sessionKey(run.agentId, settings.session);
    const startedAt = clock.now();
    const isBegun = run.memo !== undefined;
    const checklist = await readChecklist(this.#dependencies.workspace(run.agentId));
    const reason = isBegun ? undefined : await this.#reasonToSkip(run, settings, sessionKey, checklist);
    const report = { ts: startedAt, agentId: run.agentId };
    if (reason !== undefined) return this.#end({ state: "skipped", reason }, { ...report, status: "skipped", reason });
    const memo = isBegun ? (run.memo as HeartbeatMemo) : { updatedAt: await this.#dependencies.lastChange(sessionKey) };
    if (!isBegun) await run.remember(memo);
    const answer = await ask(questionOf(run, settings, sessionKey, checklist), signal);
    if (!answer) return undefined;
    const durationMs = Math.max(0, clock.now() - startedAt);
    if ("error" in answer) {
      const { error } = answer;
      return this.#end(
        { state: "failed", reason: error },
        { ...report, status: "failed", reason: error, durationMs, indicatorType: "error" },
      );
    }
    return this.#pass(run, { settings, sessionKey, memo, answer }, { ...report, durationMs });
  }

  async #reasonToSkip(
    run: HeartbeatRun,
    settings: HeartbeatSettings,
    sessionKey: string,
    checklist: Checklist | undefined,
  ): Promise<string | undefined> {
    if (!(await this.state.isOn())) return "disabled";
    if (!run.isWake && (await this.#isInvisible(run.agentId, sessionKey, settings))) return "nothing-to-show";
    if (!run.isWake && !isActive(settings.activeHours, this.#dependencies.clock.now())) return "quiet-hours";
    if (checklist?.isEmpty !== true) return undefined;
    return (await this.#dependencies.waitingNotes(sessionKey)) > 0 ? undefined : "empty-heartbeat-file";
  }

  /** Nobody would see anything of it: then it is not worth its tokens. */
  async #isInvisible(agentId: string, sessionKey: string, settings: HeartbeatSettings): Promise<boolean> {
    const { showOk, showAlerts, useIndicator } = this.#dependencies.visibility(
      await this.#routeIfAny(agentId, sessionKey, settings),
    );
    return !showOk && !showAlerts && !useIndicator;
  }

  /** A target that can not be is found out when there is something to send there. */
  async #routeIfAny(agentId: string, sessionKey: string, settings: HeartbeatSettings): Promise<Route | undefined> {
    if (settings.target === "none") return undefined;
    return this.#dependencies.route(agentId, sessionKey, settings).catch(() => undefined);
  }

  /** Passes an answer on, unless it says that there is nothing to tell. */
  async #pass(
    run: HeartbeatRun,
    said: Said,
    report: Pick<HeartbeatReport, "ts" | "agentId" | "durationMs">,
  ): Promise<HeartbeatOutcome> {
    const { settings, sessionKey, memo } = said;
    const { undo, enqueue, visibility } = this.#dependencies;
    const reply = readHeartbeatReply(said.answer, settings.ackMaxChars);
    if (reply.kind !== "alert") {
      const turn = { key: sessionKey, runId: run.runId, updatedAt: memo.updatedAt };
      const chat = await this.#routeIfAny(run.agentId, sessionKey, settings);
      const { showOk, useIndicator } = visibility(chat);
      return this.#end(
        { state: "done" },
        { ...report, status: reply.kind, ...(useIndicator ? { indicatorType: "ok" as const } : {}) },
        async (sql) => {
          await undo(sql, turn);
          return chat && showOk ? enqueue(sql, chat, { runId: run.runId, text: ALL_WELL }) : undefined;
        },
      );
    }
    const preview = reply.text.slice(0, PREVIEW_LENGTH);
    const told = { ...report, preview, hasMedia: false };
    if (settings.target === "none") {
      return this.#end(
        { state: "done", summary: preview },
        { ...told, status: "skipped", reason: "no-target", silent: true },
      );
    }
    const route = await this.#dependencies.route(run.agentId, sessionKey, settings);
    if (!route) {
      return this.#end(
        { state: "done", summary: preview },
        { ...told, status: "skipped", reason: "no-route", message: NO_ROUTE },
      );
    }
    const { channel, chatId: to } = route;
    const { showAlerts, useIndicator } = visibility(route);
    const indicator = useIndicator ? { indicatorType: "alert" as const } : {};
    if (!showAlerts) {
      const silent = { ...told, ...indicator, status: "skipped" as const, reason: "alerts-off", silent: true };
      return this.#end({ state: "done", summary: preview }, silent);
    }
    const sent: HeartbeatReport = { ...told, ...indicator, status: "sent", channel, to };
    return this.#end({ state: "done", summary: preview }, sent, (sql) =>
      enqueue(sql, route, { runId: run.runId, text: reply.text }),
    );
  }

  #end(
    outcome: Pick<HeartbeatOutcome, "state" | "reason" | "summary">,
    report: HeartbeatReport,
    // What else belongs to it; it may answer what follows the commit.
    also?: (sql: SqlExecutor) => Promise<(() => void) | void>,
  ): HeartbeatOutcome {
    let afterwards: (() => void) | void;
    return {
      ...outcome,
      commit: async (sql) => {
        afterwards = await also?.(sql);
        await this.state.keep(sql, report);
      },
      committed: () => {
        afterwards?.();
        this.#dependencies.publish(report);
      },
    };
  }
}

interface Said {
  readonly settings: HeartbeatSettings;
  readonly sessionKey: string;
  readonly memo: HeartbeatMemo;
  readonly answer: HeartbeatAnswer;
}

function questionOf(
  run: HeartbeatRun,
  settings: HeartbeatSettings,
  sessionKey: string,
  checklist: Checklist | undefined,
): HeartbeatQuestion {
  return {
    runId: run.runId,
    agentId: run.agentId,
    sessionKey,
    prompt: run.isWake ? WAKE_PROMPT : (settings.prompt ?? HEARTBEAT_PROMPT),
    ...(settings.model === undefined ? {} : { model: settings.model }),
    ...(checklist && !checklist.isEmpty && !run.isWake ? { extraSystemPrompt: checklistPrompt(checklist.text) } : {}),
  };
}

/**
 * The second half of STORY 2: session lane → agent turn → outbox. A turn is begun from its row, and everything it leads
 * to is written down in one commit: its messages in the transcript, its answer, and the parts to be sent. When which
 * turn runs is up to sessions/lanes.ts.
 */
import { bindTools } from "../agent/bind-tools.ts";
import { errorOf, replyTargetOf, replyTextOf, tellOutcome } from "../agent/outcome.ts";
import { compacting, compactionOf, inWordsOf } from "./turn/compaction.ts";
import { replyMessages } from "../agent/reply-extras.ts";
import type { ReplyPrefix } from "../agent/response-prefix.ts";
import { runTurn, type TurnOutcome, TurnStopped } from "../agent/run-turn.ts";
import { TurnEvents } from "../agent/turn-events.ts";
import type { ChannelSupervisor } from "../channels/supervisor.ts";
import type { EventBus } from "../events/bus.ts";
import { type FollowUps, withoutSkips } from "./turn/follow-up.ts";
import { GatewayError } from "../errors.ts";
import type { MediaFlow, ReplyFiles } from "./media-flow.ts";
import { takeSteering } from "./turn/steering.ts";
import { chosenModel, identityOf, inWords, tooManyAttempts, userMessage, wishesOf } from "./turn/turn-words.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxRow } from "../outbox/outbox-table.ts";
import type {
  Agent,
  AgentTurn,
  Clock,
  Logger,
  SqlExecutor,
  Store,
  Tool,
  ToolContext,
  TranscriptMessage,
} from "../ports.ts";
import type { Backlog } from "../sessions/backlog.ts";
import { Lanes } from "../sessions/lanes.ts";
import { isSubagentKey } from "../sessions/session-key.ts";
import type { Session, SessionStore } from "../sessions/session-store.ts";
import type { LaneRoom, TurnQueue } from "../sessions/turn-queue.ts";
import type { Turn, TurnCompaction, TurnEnd } from "../sessions/turn.ts";
import type { ToolPolicy, ToolSubject } from "../tools/tool-policy.ts";

/** A turn that was begun this often and never ended takes the process down with it, and is not begun again. */
const MAX_ATTEMPTS = 3;
/** Between two tries to write down how a turn ended while the database takes nothing. */
const WRITE_RETRY_MS = 2_000;
const HISTORY_MESSAGES = 400;

export interface TurnSettings {
  readonly maxConcurrent: number;
  /** Of sub-agents, beside the others. */
  readonly maxSubagents: number;
  readonly timeoutMs: number;
}

export interface TurnFlowRooms {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventBus;
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
  readonly backlog: Backlog;
  readonly outbox: Outbox;
  readonly mediaFlow: MediaFlow;
  readonly channels: () => ChannelSupervisor;
  readonly agent: Agent;
  readonly tools: () => readonly Tool[];
  /** Which of the tools a turn may use. */
  readonly toolPolicy: (subject: ToolSubject) => ToolPolicy;
  /** Call methods with the rights of a turn. */
  readonly call: ToolContext["call"];
  readonly start: ToolContext["start"];
  readonly followUps: FollowUps;
  /** Lines about the system that the session has not been told yet; each is handed to one turn. */
  readonly takeNotes: (sessionKey: string, runId: string) => Promise<readonly string[]>;
  /** What stands before the replies of an agent. */
  readonly replyPrefix: (agentId: string) => ReplyPrefix;
  /** Whether what is said in a session is delivered to its chat. */
  readonly maySend: (session: Session) => boolean;
  readonly settings: () => TurnSettings;
}

/** A turn with what it writes to and speaks through. */
interface OpenTurn {
  readonly turn: Turn;
  readonly session: Session;
  readonly events: TurnEvents;
  /** Those who wrote what the turn answers; more come with what is told to it while it runs. */
  readonly senders: Set<string>;
}

/** How a turn ended, and the files that go with it. */
interface Answer {
  readonly outcome: TurnOutcome;
  readonly files: ReplyFiles;
}

const NO_FILES: ReplyFiles = { attachments: [], failures: [] };

export class TurnFlow {
  /** When which turn runs. */
  readonly lanes: Lanes<OpenTurn>;
  readonly #rooms: TurnFlowRooms;

  constructor(rooms: TurnFlowRooms) {
    this.#rooms = rooms;
    const { store, clock, log, turnQueue, settings } = rooms;
    this.lanes = new Lanes({
      store,
      clock,
      log,
      queue: turnQueue,
      hasRoom: (running) => roomBeside(running, settings()),
      begin: (sql, turn) => this.#open(sql, turn),
      run: (open, signal) => this.#run(open, signal),
      endWaiting: (turn) => this.#endWaiting(turn),
      endInterrupted: (turn) => this.#endInterrupted(turn),
      reasonFor: (stop) => new TurnStopped(stop === "asked" ? "rpc" : "shutdown"),
    });
  }

  /** Ends what runs and waits in a session and in those of its sub-agents, or one turn of it. Answers which. */
  async stop(sessionKey: string, runId?: string): Promise<readonly string[]> {
    const stopped = [...(await this.lanes.stop(sessionKey, runId))];
    if (runId !== undefined) return stopped;
    for (const child of await this.#rooms.sessions.subagentsOf(sessionKey))
      stopped.push(...(await this.lanes.stop(child)));
    return stopped;
  }

  async #run(open: OpenTurn, signal: AbortSignal): Promise<void> {
    const { turn, session, events } = open;
    if (turn.attempts > MAX_ATTEMPTS) return this.#finish(open, tooManyAttempts(MAX_ATTEMPTS));
    const effects = this.#effectsOf(turn);
    const history = await this.#historyOf(session, turn);
    using _typing = turn.route && this.#rooms.channels().typing(turn.route.channel, turn.route.account, turn.route);
    events.start();
    const { compact } = turn.request;
    const outcome = compact
      ? await this.#askAgent(
          open,
          { turn: { history, tools: [] }, agent: compacting(this.#rooms.agent, compact) },
          signal,
        )
      : await this.#answer(open, { history, effects }, signal);
    // A stop of the gateway is no end of the turn: it waits for the next start, unless it has begun to act.
    const isInterrupted = outcome.kind === "stopped" && outcome.stopReason === "shutdown";
    if (isInterrupted && !effects.begun) return this.#putBack(turn);
    if (!compact) return this.#finish(open, withoutSkips(turn, outcome));
    const compaction = compactionOf(outcome, history);
    return this.#finish(open, inWordsOf(outcome, compaction), compaction);
  }

  async #answer(
    open: OpenTurn,
    { history, effects }: Pick<AgentTurn, "history"> & { effects: { begin(): Promise<void> } },
    signal: AbortSignal,
  ): Promise<TurnOutcome> {
    const turn = await this.#withNotes(await this.#withFiles(open.turn, signal));
    return this.#askAgent(
      { ...open, turn },
      {
        turn: {
          history,
          tools: this.#toolsOf(open, effects),
          takeSteering: () => takeSteering(this.#rooms, open, signal),
        },
        agent: this.#rooms.agent,
      },
      signal,
    );
  }

  #askAgent(
    { turn, session, events }: OpenTurn,
    given: { agent: Pick<Agent, "runTurn">; turn: Pick<AgentTurn, "history" | "tools" | "takeSteering"> },
    signal: AbortSignal,
  ): Promise<TurnOutcome> {
    const { timeoutMs, compact: _compact, senders: _senders, followUp: _followUp, ...request } = turn.request;
    return runTurn({
      agent: given.agent,
      turn: {
        ...identityOf(turn),
        sessionId: session.sessionId,
        ...chosenModel(session),
        ...request,
        ...(turn.route === undefined ? {} : { channel: turn.route.channel }),
        ...given.turn,
      },
      events,
      clock: this.#rooms.clock,
      timeoutMs: timeoutMs ?? this.#rooms.settings().timeoutMs,
      signal,
    });
  }

  /** The session of a turn, with the prompt in its transcript: clients that look now see what was asked. */
  async #open(sql: SqlExecutor, turn: Turn): Promise<OpenTurn> {
    const { sessions, clock, events } = this.#rooms;
    const { sessionKey, agentId, runId } = turn;
    const session = await sessions.touch(sql, { key: sessionKey, agentId, chatType: "direct" });
    if (!turn.request.compact && !(await sessions.hasPrompt(sql, runId))) {
      await sessions.append(sql, session.sessionId, userMessage(turn.request.prompt, clock.now()), runId);
    }
    const publish = {
      agent: (payload: Parameters<typeof events.publish<"agent">>[1]) => events.publish("agent", payload),
      chat: (payload: Parameters<typeof events.publish<"chat">>[1]) => events.publish("chat", payload),
    };
    return {
      turn,
      session,
      senders: new Set(turn.request.senders),
      events: new TurnEvents({ ...identityOf(turn), sessionId: session.sessionId }, clock, publish),
    };
  }

  /** The turn with the files of its message where their placeholders were, in the transcript too. */
  async #withFiles(turn: Turn, signal: AbortSignal): Promise<Turn> {
    const { mediaFlow, sessions, clock } = this.#rooms;
    const prompt = await mediaFlow.readPrompt({ runId: turn.runId, prompt: turn.request.prompt }, signal);
    if (prompt === turn.request.prompt) return turn;
    await sessions.replacePrompt(turn.runId, userMessage(prompt, clock.now()));
    return { ...turn, request: { ...turn.request, prompt } };
  }

  /** The newest messages; the summary of what came before them is told first when it does not stand among them. */
  async #historyOf({ sessionId }: Session, { runId }: Turn): Promise<readonly TranscriptMessage[]> {
    const { sessions } = this.#rooms;
    const newest = await sessions.history(sessionId, HISTORY_MESSAGES, runId);
    if (newest.length < HISTORY_MESSAGES || newest.some(({ role }) => role === "compaction")) return newest;
    const summary = await sessions.summary(sessionId);
    return summary === undefined ? newest : [summary, ...newest];
  }

  /** The prompt, after what happened around the gateway since the session was last asked something. */
  async #withNotes(turn: Turn): Promise<Turn> {
    const notes = (await this.#rooms.takeNotes(turn.sessionKey, turn.runId)).map((line) => `System: ${line}`);
    if (notes.length === 0) return turn;
    return { ...turn, request: { ...turn.request, prompt: [...notes, turn.request.prompt].join("\n") } };
  }

  /** Remembers, durably, that a turn has begun to act outside itself. */
  #effectsOf(turn: Turn): { begun: boolean; begin(): Promise<void> } {
    const { turnQueue } = this.#rooms;
    return {
      begun: turn.sideEffects,
      async begin() {
        if (!this.begun) await turnQueue.markSideEffects(turn.runId);
        this.begun = true;
      },
    };
  }

  #toolsOf({ turn, session, senders }: OpenTurn, effects: { begin(): Promise<void> }): ReturnType<typeof bindTools> {
    const { tools, call, start } = this.#rooms;
    return bindTools(tools(), {
      ...identityOf(turn),
      call,
      start,
      allows: (tool, model) => this.#policyFor({ turn, session, senders })(tool, model),
      beforeSideEffect: () => effects.begin(),
    });
  }

  /** Asked anew each time: whoever writes to a turn that runs narrows what it may use from then on. */
  #policyFor({ turn, session, senders }: Pick<OpenTurn, "turn" | "session" | "senders">): ToolPolicy {
    return this.#rooms.toolPolicy({
      agentId: turn.agentId,
      chatType: session.chatType,
      chat: turn.route ?? session.route,
      senders: [...senders],
      isSubagent: isSubagentKey(turn.sessionKey),
    });
  }

  /** Writes the whole outcome down in one commit, then tells everyone. */
  async #finish(open: OpenTurn, outcome: TurnOutcome, compaction?: TurnCompaction): Promise<void> {
    const { turnQueue, outbox, log, followUps } = this.#rooms;
    const { turn, events } = open;
    if (outcome.kind === "failed") {
      log.warn("turn failed", { ...identityOf(turn), reason: outcome.reason, error: outcome.error });
    }
    const files = await this.#filesOf(turn, outcome);
    const rows = await this.#onceWritable(async (sql) => {
      if (!(await turnQueue.end(sql, turn.runId, this.#endOf(open, outcome, compaction)))) return undefined;
      await this.#writeTranscript(sql, open, outcome);
      const reply = await this.#queueReply(sql, open, { outcome, files });
      await followUps.write(sql, turn, outcome);
      return reply;
    });
    if (!rows) return log.warn("a turn ended that was no longer this gateway's to end", identityOf(turn));
    tellOutcome(events, outcome);
    outbox.wake(rows);
    if (turn.request.followUp) this.lanes.pump();
    await this.lanes.notify(turn.runId);
  }

  /** What a turn came to is kept until the database takes it, so that it does not have to be thought again. */
  async #onceWritable<T>(work: (sql: SqlExecutor) => Promise<T>): Promise<T> {
    const { store, clock, log } = this.#rooms;
    while (true) {
      try {
        return await store.transaction(work);
      } catch (error) {
        const isUnwritable = error instanceof GatewayError && error.code === "UNAVAILABLE";
        if (!isUnwritable || this.lanes.isStopping) throw error;
        log.error("the end of a turn can not be written down; it is tried again", { error, retryInMs: WRITE_RETRY_MS });
        await clock.sleep(WRITE_RETRY_MS);
      }
    }
  }

  async #writeTranscript(sql: SqlExecutor, { turn, session }: OpenTurn, outcome: TurnOutcome): Promise<void> {
    const { sessions, clock } = this.#rooms;
    if (outcome.kind === "done") {
      for (const message of outcome.messages) await sessions.append(sql, session.sessionId, message, turn.runId);
      const { usage, provider, model } = outcome;
      return sessions.recordTurn(sql, session.sessionId, { usage, provider, model, aborted: false });
    }
    if (outcome.kind === "stopped" && outcome.partialText !== "") {
      const content = [{ type: "text" as const, text: outcome.partialText }];
      const message = { role: "assistant" as const, content, timestamp: clock.now(), stopReason: "aborted" };
      await sessions.append(sql, session.sessionId, message, turn.runId);
    }
    return sessions.recordTurn(sql, session.sessionId, { aborted: true });
  }

  /** The files of a reply that goes to a chat, copied; they are named to the outbox in the commit that ends the turn. */
  async #filesOf(turn: Turn, outcome: TurnOutcome): Promise<ReplyFiles> {
    if (!turn.route || outcome.kind !== "done" || outcome.reply.media.length === 0) return NO_FILES;
    return this.#rooms.mediaFlow.replyFiles(turn.route, turn.agentId, outcome.reply);
  }

  async #queueReply(sql: SqlExecutor, { turn, session }: OpenTurn, { outcome, files }: Answer): Promise<OutboxRow[]> {
    const { outbox, replyPrefix, maySend } = this.#rooms;
    const prefix = replyPrefix(turn.agentId);
    const text = replyTextOf(inWords(outcome, files), {
      ...prefix,
      thinkingLevel: turn.request.thinking ?? session.thinkingLevel,
    });
    const current = (await this.#rooms.sessions.get(turn.sessionKey, sql)) ?? session;
    if (!turn.route || !maySend(current)) return [];
    const target = { ...turn.route, ...replyTargetOf(outcome), runId: turn.runId };
    const rows: OutboxRow[] = [];
    const parts = replyMessages(text, outcome, wishesOf(turn, current));
    if (parts.length === 0 && files.attachments.length > 0) parts.push("");
    for (const [index, part] of parts.entries()) {
      const media = index === parts.length - 1 ? files.attachments : [];
      rows.push(...(await outbox.enqueue(sql, { ...target, text: part, media })));
    }
    return rows;
  }

  #endOf({ turn, session }: OpenTurn, outcome: TurnOutcome, compaction: TurnCompaction | undefined): TurnEnd {
    if (outcome.kind !== "done") {
      return { state: outcome.kind === "failed" ? "failed" : "aborted", error: errorOf(outcome) };
    }
    const { text, stopReason, provider, model, usage } = outcome;
    const durationMs = this.#rooms.clock.now() - (turn.startedAt ?? turn.acceptedAt);
    const { sessionId } = session;
    const { isHeartbeatAck } = outcome.reply;
    const answer = { text, isHeartbeatAck, stopReason, provider, model, usage, durationMs, sessionId };
    return { state: "done", answer: { ...answer, ...(compaction ? { compaction } : {}) } };
  }

  async #putBack(turn: Turn): Promise<void> {
    await this.#rooms.turnQueue.release(turn.runId);
    await this.lanes.notify(turn.runId);
  }

  async #endWaiting(turn: Turn): Promise<void> {
    const open = await this.#rooms.store.transaction((sql) => this.#open(sql, turn));
    await this.#finish(open, { kind: "stopped", stopReason: "rpc", partialText: "" });
  }

  async #endInterrupted(turn: Turn): Promise<void> {
    const message =
      "I was interrupted while working on this, after I had begun to act. Some of it may be done; ask again if it should be repeated.";
    const outcome: TurnOutcome = { kind: "failed", message, reason: "interrupted", error: message };
    const open = await this.#rooms.store.transaction((sql) => this.#open(sql, turn));
    await this.#finish(open, outcome);
  }
}

/** Sub-agents have lanes of their own, so that they never keep a person waiting. */
function roomBeside(running: readonly Turn[], { maxConcurrent, maxSubagents }: TurnSettings): LaneRoom {
  const subagents = running.filter(({ sessionKey }) => isSubagentKey(sessionKey)).length;
  return { forOthers: running.length - subagents < maxConcurrent, forSubagents: subagents < maxSubagents };
}

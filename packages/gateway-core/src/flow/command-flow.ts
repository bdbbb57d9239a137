/**
 * What chat commands lead to: everything a command comes to is written down in the commit that settles the message it
 * came in, so that its answer is neither lost nor given twice.
 */
import type { ChatCommands, CommandGiver, Order, Reading, ReadingContext } from "../commands/chat-commands.ts";
import type { CommandOutcome, CommandSession } from "../commands/define.ts";
import type { EventBus } from "../events/bus.ts";
import type { Inbox, InboxEntry } from "../inbox/inbox.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxRow } from "../outbox/outbox-table.ts";
import type { Clock, SqlExecutor, Store } from "../ports.ts";
import type { Session, SessionStore, SessionTouch } from "../sessions/session-store.ts";
import type { TurnQueue } from "../sessions/turn-queue.ts";
import type { NewTurn, TurnEnd } from "../sessions/turn.ts";
import type { TurnFlow } from "./turn-flow.ts";

/** What a transcript and a run say about answers that no model gave. */
const ANSWERED_BY = { provider: "openclaw", model: "gateway-injected", stopReason: "injected" };
const NO_USAGE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };

export interface CommandFlowRooms {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly inbox: Inbox;
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
  readonly outbox: Outbox;
  readonly turns: TurnFlow;
  readonly commands: ChatCommands;
  /** Decides about a command that waits for approval, and says what became of it. */
  readonly decide?: (approval: NonNullable<CommandOutcome["approval"]>) => Promise<string>;
}

/** Commands with the message they came in. */
export interface GivenOrders {
  readonly entry: Pick<InboxEntry, "id" | "partIds">;
  readonly orders: readonly Order[];
  readonly sender: CommandGiver["sender"];
  readonly isOwner: boolean;
  /** The turn the message would have been; what is left for the agent becomes it, with another prompt. */
  readonly turn: NewTurn;
  /** What else is written with the turn, when there is one for the agent. */
  readonly withTurn?: (sql: SqlExecutor) => Promise<void>;
  readonly touch: SessionTouch;
}

/** Tells clients of the answer to a command; called once whoever sent it knows that it was taken. */
export type Announce = () => void;

export class CommandFlow {
  readonly #rooms: CommandFlowRooms;

  constructor(rooms: CommandFlowRooms) {
    this.#rooms = rooms;
  }

  /** What a message in a session is: commands, or something for the agent. */
  read(text: string, sessionKey: string, context: Omit<ReadingContext, "hasOpenTurns">): Promise<Reading> {
    const { commands, turnQueue } = this.#rooms;
    const hasOpenTurns = async () => (await turnQueue.countOpenWithSubagents(sessionKey)) > 0;
    return commands.read(text, { hasOpenTurns, ...context });
  }

  /** What questions are answered with; nothing changes by them. */
  async answer({
    orders,
    sender,
    isOwner,
    touch,
  }: Pick<GivenOrders, "orders" | "sender" | "isOwner" | "touch">): Promise<string | undefined> {
    const session = (await this.#rooms.sessions.get(touch.key)) ?? unspoken(touch);
    return (await this.#rooms.commands.run(orders, { session, sender, isOwner })).reply;
  }

  /** Runs the commands and carries out what they come to. A message that was settled before leads to nothing. */
  async carryOut(given: GivenOrders): Promise<Announce | undefined> {
    const { store, sessions, turns, outbox, commands } = this.#rooms;
    const { orders, sender, isOwner, touch, turn } = given;
    const session = await sessions.get(touch.key);
    const outcome = await this.#decided(
      await commands.run(orders, { session: session ?? unspoken(touch), sender, isOwner }),
    );
    // Before the commit: a process that dies between the two stops nothing twice, and answers after its restart.
    if (outcome.stop) await turns.stop(touch.key);
    const rows = await store.transaction((sql) => this.#write(sql, given, { outcome, session }));
    if (!rows) return undefined;
    outbox.wake(rows);
    turns.lanes.pump();
    const { reply } = outcome;
    return outcome.prompt === undefined && !outcome.compact && reply !== undefined
      ? () => this.#announce(turn, reply)
      : undefined;
  }

  /** Before the commit: given twice, the same decision is answered with a word that it was given already. */
  async #decided(outcome: CommandOutcome): Promise<CommandOutcome> {
    const { approval, reply } = outcome;
    if (!approval) return outcome;
    const said = (await this.#rooms.decide?.(approval)) ?? "Nothing waits for approval here.";
    return { ...outcome, reply: reply === undefined ? said : `${reply}\n${said}` };
  }

  async #write(
    sql: SqlExecutor,
    { entry, touch, turn, withTurn }: GivenOrders,
    { outcome, session }: { outcome: CommandOutcome; session: Session | undefined },
  ): Promise<OutboxRow[] | undefined> {
    const { inbox, turnQueue, outbox } = this.#rooms;
    if (!(await inbox.settle(sql, entry, { state: "answered", runId: turn.runId }))) return undefined;
    const current = await this.#writeSession(sql, touch, { outcome, session });
    const { prompt, compact } = outcome;
    if (compact) {
      await turnQueue.add(sql, { ...turn, request: { ...turn.request, prompt: "", compact } });
    } else if (prompt !== undefined) {
      await turnQueue.add(sql, { ...turn, request: { ...turn.request, prompt } });
      await withTurn?.(sql);
    } else if (turn.source !== "channel") {
      await turnQueue.add(sql, turn);
      await turnQueue.end(sql, turn.runId, ended(outcome.reply ?? "", current?.sessionId ?? ""));
    }
    if (!turn.route || outcome.reply === undefined || outcome.reply === "") return [];
    return outbox.enqueue(sql, { ...turn.route, runId: turn.runId, text: outcome.reply });
  }

  /** A question leaves no trace; what changes a session makes one where there was none. */
  async #writeSession(
    sql: SqlExecutor,
    touch: SessionTouch,
    { outcome, session }: { outcome: CommandOutcome; session: Session | undefined },
  ): Promise<Session | undefined> {
    const { sessions } = this.#rooms;
    const change = outcome.change ?? {};
    if (!outcome.reset && Object.keys(change).length === 0) return session;
    await sessions.touch(sql, outcome.reset ? { ...touch, resetRule: undefined } : touch);
    if (outcome.reset && session) await sessions.reset(sql, touch.key);
    return sessions.change(sql, touch.key, change);
  }

  #announce({ runId, sessionKey, agentId }: NewTurn, reply: string): void {
    const { events, clock } = this.#rooms;
    const message = {
      role: "assistant" as const,
      content: [{ type: "text" as const, text: reply }],
      timestamp: clock.now(),
      ...ANSWERED_BY,
    };
    const { stopReason } = ANSWERED_BY;
    events.publish("chat", { runId, sessionKey, agentId, seq: 1, state: "final", stopReason, message });
  }
}

function unspoken({ key, agentId, chatType }: SessionTouch): CommandSession {
  return { key, agentId, chatType };
}

function ended(text: string, sessionId: string): TurnEnd {
  return { state: "done", answer: { text, ...ANSWERED_BY, sessionId, durationMs: 0, usage: NO_USAGE } };
}

/**
 * The middle of STORY 2, for messages of channels: policy → command, turn, or something overheard. Every decision is
 * one commit with what it leads to.
 */
import type { InboundMessage } from "@openclaw/channels-contract";

import type { EnvelopeSettings } from "../agent/envelope.ts";
import { promptText, withOverheard } from "../agent/prompt-text.ts";
import type { MovedChats } from "../channels/moved-chats.ts";
import type { ChannelSupervisor } from "../channels/supervisor.ts";
import type { CommandFlow, GivenOrders } from "./command-flow.ts";
import { filesOf, type PlacedMessage, placeMessage, replyRoute, resetTypeOf, touchOf, turnOf } from "./inbound-turn.ts";
import type { Inbox, InboxEntry, Source } from "../inbox/inbox.ts";
import type { PendingMedia } from "../media/pending-media.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { PairingStore } from "../policy/pairing.ts";
import { type Decision, decide, isAddressed, withFormerSettings } from "../policy/policy.ts";
import type { Clock, Ids, Logger, SqlExecutor, Store } from "../ports.ts";
import type { Backlog } from "../sessions/backlog.ts";
import type { Overheard } from "../sessions/overheard.ts";
import type { QueueSettings } from "../sessions/queue-mode.ts";
import type { ResetRule, ResetSubject } from "../sessions/rules/reset-rule.ts";
import type { SessionKeySettings } from "../sessions/session-key.ts";
import type { Session, SessionStore } from "../sessions/session-store.ts";
import type { TurnQueue } from "../sessions/turn-queue.ts";
import type { NewTurn } from "../sessions/turn.ts";
import type { TurnFlow } from "./turn-flow.ts";

export interface FlowSettings {
  readonly defaultAgentId: string;
  readonly sessionKeys: SessionKeySettings;
  /** What becomes of an edit of a message that is answered already. */
  readonly edits: "note" | "ignore";
  /** Messages that waited longer than this while the gateway was away are kept, but not answered. */
  readonly backlogMaxAgeMs: number;
  /** What happens to a channel's messages while their session is busy. */
  queueFor(channel: string): QueueSettings;
  /** How long a chat must be quiet before its first message becomes a turn, in milliseconds. */
  inboundDebounceMs(channel: string): number;
  /** When a conversation begins anew. */
  resetRule(subject: ResetSubject): ResetRule;
  /** Words that call an agent in a group. */
  mentionPatterns(agentId: string): readonly string[];
  /** How many unanswered messages of a group an agent is told of. */
  groupHistoryLimit(agentId: string): number;
  /** False: on channels with a menu of the commands only what that writes is a command. */
  readonly textCommands: boolean;
  /** Whether commands are put into menus. */
  readonly nativeCommands: boolean | "auto";
  /** False lets everyone who is answered give commands. */
  readonly useAccessGroups: boolean;
  /** How messages of a channel are introduced to the agent; undefined where they are not. */
  envelope(channel: string): EnvelopeSettings | undefined;
  /** The agent a channel's messages go to. Bindings may name an id that the chat had before. */
  agentFor(source: Source, message: InboundMessage, formerChatIds: readonly string[]): string;
}

export interface InboundFlowRooms {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly inbox: Inbox;
  readonly movedChats: MovedChats;
  readonly pairing: PairingStore;
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
  readonly backlog: Backlog;
  readonly overheard: Overheard;
  readonly pendingMedia: PendingMedia;
  readonly outbox: Outbox;
  readonly channels: () => ChannelSupervisor;
  readonly commands: CommandFlow;
  readonly turns: TurnFlow;
  readonly settings: () => FlowSettings;
}

type Heard = Extract<Decision, { action: "answer" | "overhear" }>;

/** Carries out what is decided about a message of a channel. */
export class InboundFlow {
  readonly #rooms: InboundFlowRooms;

  constructor(rooms: InboundFlowRooms) {
    this.#rooms = rooms;
  }

  /** Decides about a message, once and for all: settling its entry and what follows from it are one commit. */
  async decide(entry: InboxEntry, message: InboundMessage): Promise<void> {
    const { clock, settings } = this.#rooms;
    const judged = await this.judge(entry, message);
    if (!judged) return this.#ignore(entry, "its account is no longer configured");
    if (clock.now() - message.sentAt > settings().backlogMaxAgeMs) {
      return this.#ignore(entry, "it is older than the gateway answers");
    }
    const { placed, decision } = judged;
    switch (decision.action) {
      case "ignore":
        return this.#ignore(entry, decision.reason);
      case "pair":
        return this.#offerPairing(entry, message);
      default:
        return this.#hear(placed, decision);
    }
  }

  /** The chat and the session that deciding about a message may change. */
  touches(entry: InboxEntry, message: InboundMessage): string[] {
    const settings = this.#rooms.settings();
    const agentId = settings.agentFor(entry, message, []);
    const { sessionKey } = placeMessage(entry, message, { agentId, sessionKeys: settings.sessionKeys });
    return [sessionKey, `chat ${JSON.stringify([entry.channel, entry.account, message.chat.id])}`];
  }

  /** Where a message belongs and what is to be done with it; undefined when its account is gone. Changes nothing. */
  async judge(
    entry: InboxEntry,
    message: InboundMessage,
  ): Promise<{ readonly placed: PlacedMessage; readonly decision: Decision } | undefined> {
    const { channels, pairing, settings } = this.#rooms;
    const access = channels().access(entry.channel, entry.account);
    if (!access) return undefined;
    const isDirect = message.chat.type === "direct";
    const formerIds = isDirect ? [] : await this.#rooms.movedChats.formerIds(entry, message.chat.id);
    const agentId = settings().agentFor(entry, message, formerIds);
    const placed = placeMessage(entry, message, {
      agentId,
      sessionKeys: settings().sessionKeys,
      envelope: settings().envelope(entry.channel),
    });
    const decision = decide({
      message,
      access: withFormerSettings(access, message.chat.id, formerIds),
      isPaired: await pairing.isApproved(entry.channel, entry.account, message.sender.id),
      activation: (await this.#groupSession(placed))?.activation,
      mentionPatterns: settings().mentionPatterns(agentId),
      useAccessGroups: settings().useAccessGroups,
    });
    return { placed, decision };
  }

  /** A message of someone who is listened to: a command, something to answer, or something to keep in mind. */
  async #hear(placed: PlacedMessage, heard: Heard): Promise<void> {
    const { commands, ids, sessions } = this.#rooms;
    const { entry, message, sessionKey } = placed;
    const menuOnly = this.#readsMenuOnly(entry);
    const reading = await commands.read(message.text, sessionKey, { isAddressed: isAddressed(message), menuOnly });
    if (reading.kind === "commands") {
      if (heard.mayCommand) return this.#obey(placed, heard, reading.orders);
      return this.#ignore(entry, "the sender may not give commands");
    }
    if (heard.action === "overhear") return this.#overhear(placed, heard.reason);
    // Wishes of someone who may not command are words like any others.
    const wish = heard.mayCommand ? reading : { text: message.text, choice: {}, asides: [] };
    const lastAt = placed.envelope?.withElapsed ? (await sessions.get(sessionKey))?.interactedAt : undefined;
    const turn = turnOf({ ...placed, lastAt, message: { ...message, text: wish.text } }, ids.uuid(), heard);
    const reply = await this.#answerAsides(placed, heard, wish.asides);
    return this.#queueTurn(placed, { ...turn, request: { ...turn.request, ...wish.choice } }, reply);
  }

  /** The answers to questions inside a message for the agent; they go out beside the agent's. */
  async #answerAsides(
    placed: PlacedMessage,
    { isOwner }: Heard,
    asides: GivenOrders["orders"],
  ): Promise<string | undefined> {
    if (asides.length === 0) return undefined;
    const touch = touchOf(placed, this.#resetRuleFor(placed));
    return this.#rooms.commands.answer({ orders: asides, sender: senderOf(placed), isOwner, touch });
  }

  #readsMenuOnly({ channel, account }: InboxEntry): boolean {
    const { settings, channels } = this.#rooms;
    const { textCommands, nativeCommands } = settings();
    if (textCommands || nativeCommands === false) return false;
    return channels().capabilities(channel, account).commandMenu === true;
  }

  async #obey(placed: PlacedMessage, heard: Heard, orders: GivenOrders["orders"]): Promise<void> {
    const { entry } = placed;
    const turn = turnOf(placed, this.#rooms.ids.uuid(), heard);
    await this.#rooms.commands.carryOut({
      entry,
      orders,
      sender: senderOf(placed),
      isOwner: heard.isOwner,
      turn,
      withTurn: (sql) => this.#rooms.pendingMedia.add(sql, turn.runId, filesOf(placed)),
      touch: touchOf(placed, this.#resetRuleFor(placed)),
    });
  }

  async #overhear({ entry, message, agentId, sessionKey }: PlacedMessage, reason: string): Promise<void> {
    const { store, inbox, overheard, settings } = this.#rooms;
    const limit = settings().groupHistoryLimit(agentId);
    await store.transaction(async (sql) => {
      if (!(await inbox.settle(sql, entry, { state: "ignored", reason }))) return;
      await overheard.add(sql, sessionKey, { line: promptText(message), limit });
    });
  }

  /** The session of a group, whose members may have set when it is answered; direct chats are always answered. */
  async #groupSession({ message, sessionKey }: PlacedMessage): Promise<Session | undefined> {
    return message.chat.type === "direct" ? undefined : this.#rooms.sessions.get(sessionKey);
  }

  #resetRuleFor({ entry, message }: PlacedMessage): ResetRule {
    return this.#rooms.settings().resetRule({ channel: entry.channel, type: resetTypeOf(message) });
  }

  /** The decision and the turn it leads to are one commit: neither exists without the other. */
  async #queueTurn(placed: PlacedMessage, turn: NewTurn, reply?: string): Promise<void> {
    const { store, sessions, turnQueue, inbox, overheard, turns, outbox } = this.#rooms;
    const { entry } = placed;
    const chosen = (await sessions.get(turn.sessionKey))?.queue;
    const queue = { ...this.#rooms.settings().queueFor(entry.channel), ...chosen };
    if (queue.mode === "interrupt") await turns.lanes.stop(turn.sessionKey);
    const rows = await store.transaction(async (sql) => {
      const timing = await this.#timing(sql, turn.sessionKey, { entry, queue });
      const settlement = timing
        ? ({ state: "answered", runId: turn.runId } as const)
        : ({ state: "ignored", reason: "too many messages wait in its session" } as const);
      if (!(await inbox.settle(sql, entry, settlement)) || !timing) return [];
      await sessions.touch(sql, touchOf(placed, this.#resetRuleFor(placed)));
      const prompt = withOverheard(turn.request.prompt, await overheard.take(sql, turn.sessionKey));
      await turnQueue.add(sql, { ...turn, request: { ...turn.request, prompt }, ...timing });
      await this.#rooms.pendingMedia.add(sql, turn.runId, filesOf(placed));
      if (reply === undefined || !turn.route) return [];
      return outbox.enqueue(sql, { ...turn.route, runId: turn.runId, text: reply });
    });
    outbox.wake(rows);
    turns.lanes.pump();
  }

  /** When a new turn may begin and how it waits; undefined when there is no room for it. */
  async #timing(
    sql: SqlExecutor,
    sessionKey: string,
    { entry, queue }: { entry: InboxEntry; queue: QueueSettings },
  ): Promise<Pick<NewTurn, "queueMode" | "notBefore"> | undefined> {
    const { backlog, clock, settings } = this.#rooms;
    const state = await backlog.stateOf(sql, sessionKey);
    if (state !== "idle" && !(await backlog.makeRoom(sql, sessionKey, queue))) return undefined;
    const gathers = state !== "busy" || queue.mode === "collect";
    const afterWork = state !== "idle" && queue.mode === "collect" ? queue.debounceMs : 0;
    const quietMs = Math.max(afterWork, state === "busy" ? 0 : settings().inboundDebounceMs(entry.channel));
    if (!gathers || quietMs === 0) return { queueMode: queue.mode };
    const notBefore = clock.now() + quietMs;
    await backlog.postpone(sql, sessionKey, notBefore);
    return { queueMode: "collect", notBefore };
  }

  async #offerPairing(entry: InboxEntry, message: InboundMessage): Promise<void> {
    const { store, pairing, inbox, outbox } = this.#rooms;
    const { channel, account } = entry;
    const { sender, chat } = message;
    const rows = await store.transaction(async (sql) => {
      if (!(await inbox.settle(sql, entry, { state: "ignored", reason: "the sender is not paired" }))) return [];
      const senderName = sender.displayName ?? sender.username;
      const subject = {
        channel,
        account,
        senderId: sender.id,
        chatId: chat.id,
        ...(senderName === undefined ? {} : { senderName }),
      };
      const code = await pairing.request(sql, subject);
      if (code === undefined) return [];
      return outbox.enqueue(sql, { ...replyRoute(entry, message), text: pairingText(channel, sender.id, code) });
    });
    outbox.wake(rows);
  }

  async #ignore(entry: InboxEntry, reason: string): Promise<void> {
    const { store, inbox, log } = this.#rooms;
    await store.transaction((sql) => inbox.settle(sql, entry, { state: "ignored", reason }));
    log.debug("inbound message ignored", { inbox: entry.id, channel: entry.channel, account: entry.account, reason });
  }
}

function senderOf({ entry, message }: PlacedMessage): GivenOrders["sender"] {
  const { id, displayName, username } = message.sender;
  const name = displayName ?? username;
  return { id, channel: entry.channel, ...(name === undefined ? {} : { name }) };
}

function pairingText(channel: string, senderId: string, code: string): string {
  return [
    "This assistant does not know you yet.",
    `Your ${channel} id: ${senderId}`,
    `Pairing code: ${code}`,
    `Its owner can let you in with: openclaw pairing approve ${channel} ${code}`,
  ].join("\n");
}

/**
 * STORY 2, the walk of a message:
 *
 *   channel → accept: inbox → policy → session lane → agent turn → outbox → channel
 *
 * A platform is told "received" once `accept` resolves, which is after the inbox commit and before any decision.
 * Everything later works from what stands in the store, so a process that dies anywhere is taken up where it was.
 * Messages from the control plane (`chat.send`, `agent`) come in by the second door, `submit`, and walk the same way.
 * The turn itself is in turn-flow.ts.
 */
import type { InboundBatch, InboundMessage } from "@openclaw/channels-contract";

import { promptText } from "./agent/prompt-text.ts";
import type { ChannelSupervisor } from "./channels/supervisor.ts";
import { GatewayError } from "./errors.ts";
import type { Inbox, InboxEntry, Source } from "./inbox/inbox.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { PairingStore } from "./policy/pairing.ts";
import { decide } from "./policy/policy.ts";
import type { Clock, Ids, Logger, SqlExecutor, Store, Timer } from "./ports.ts";
import { type SessionKeySettings, sessionKeyOf } from "./sessions/session-key.ts";
import type { SessionStore } from "./sessions/session-store.ts";
import type { NewTurn, ReplyRoute, Turn, TurnQueue, TurnRequest, TurnSource } from "./sessions/turn-queue.ts";
import type { TurnFlow } from "./turn-flow.ts";

/** The inbox channel of messages that clients of the control plane send; no channel plugin may have this id. */
export const CONTROL_CHANNEL = "control";
const ROUTE_BATCH = 100;
const ROUTE_RETRY_MS = 5_000;

export interface FlowSettings {
  readonly defaultAgentId: string;
  readonly sessionKeys: SessionKeySettings;
  /** Messages that waited longer than this while the gateway was away are kept, but not answered. */
  readonly backlogMaxAgeMs: number;
  /** The agent a channel's messages go to. */
  agentFor(channel: string, account: string, message: InboundMessage): string;
}

export interface MessageFlowRooms {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly inbox: Inbox;
  readonly pairing: PairingStore;
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
  readonly outbox: Outbox;
  readonly channels: () => ChannelSupervisor;
  readonly turns: TurnFlow;
  readonly settings: () => FlowSettings;
}

/** A turn asked for over the control plane. Plain data: it is stored as it is. */
export interface TurnSubmission {
  readonly idempotencyKey: string;
  readonly source: Exclude<TurnSource, "channel">;
  readonly sessionKey: string;
  readonly agentId: string;
  readonly request: TurnRequest;
  readonly route?: ReplyRoute;
}

export interface SubmittedTurn {
  readonly turn: Turn;
  /** False when the same key had been used before, for the same request. */
  readonly isNew: boolean;
}

export class MessageFlow implements AsyncDisposable {
  readonly #rooms: MessageFlowRooms;
  #routing: Promise<void> | undefined;
  #routeAgain = false;
  #retry: Timer | undefined;
  #stopped = false;

  constructor(rooms: MessageFlowRooms) {
    this.#rooms = rooms;
  }

  /** The door of the channels. Resolves once the batch is on disk; what follows happens on its own. */
  async accept(source: Source, batch: InboundBatch): Promise<{ recorded: number; duplicates: number }> {
    this.#refuseWhenStopped();
    const { recorded, duplicates } = await this.#rooms.inbox.record(source, batch);
    if (recorded.length > 0) void this.route();
    return { recorded: recorded.length, duplicates };
  }

  /** The door of the control plane. The same client's same key gets the same turn, across restarts. */
  async submit(client: string, submission: TurnSubmission): Promise<SubmittedTurn> {
    this.#refuseWhenStopped();
    const source = { channel: CONTROL_CHANNEL, account: client };
    const name = `${submission.source}:${submission.idempotencyKey}`;
    const { recorded } = await this.#rooms.inbox.record(source, {
      events: [{ eventId: name, raw: submission, origin: "live" }],
    });
    await this.route();
    const entry = await this.#rooms.inbox.find(source, name);
    if (entry && recorded.length === 0) assertSameRequest(entry.raw, submission);
    const turn = entry?.runId === undefined ? undefined : await this.#rooms.turnQueue.get(entry.runId);
    if (!turn) {
      throw new GatewayError(
        "UNAVAILABLE",
        "The message is stored, but could not be taken up yet; send it again with the same idempotencyKey.",
      );
    }
    return { turn, isNew: recorded.length > 0 };
  }

  /** Waits for a turn to end; undefined when it is unknown or the time is up. */
  wait(runId: string, timeoutMs: number, signal?: AbortSignal): Promise<Turn | undefined> {
    return this.#rooms.turns.lanes.wait(runId, timeoutMs, signal);
  }

  /** The runs that wait or run, by session. */
  openRuns(): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.#rooms.turnQueue.openBySession();
  }

  /** Ends what runs and waits in a session, or one turn of it. Answers which. */
  stop(sessionKey: string, runId?: string): Promise<readonly string[]> {
    return this.#rooms.turns.lanes.stop(sessionKey, runId);
  }

  /** Takes up everything a dead process left, then begins to answer. */
  async start(): Promise<void> {
    await this.#rooms.turns.lanes.start();
    await this.route();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#retry?.cancel();
    await this.#routing;
  }

  /** Decides about every entry that waits. One pass at a time; a call during a pass gets another one after it. */
  route(): Promise<void> {
    if (this.#routing) {
      this.#routeAgain = true;
      return this.#routing;
    }
    this.#routing = this.#routeUntilDone();
    return this.#routing;
  }

  async #routeUntilDone(): Promise<void> {
    do {
      this.#routeAgain = false;
      try {
        await this.#routePass();
      } catch (error) {
        this.#rooms.log.error("routing failed; it is tried again", { error, retryInMs: ROUTE_RETRY_MS });
        this.#routeLater();
        break;
      }
    } while (this.#routeAgain && !this.#stopped);
    // In the same breath as the check above: whoever calls next gets a pass of its own.
    this.#routing = undefined;
  }

  async #routePass(): Promise<void> {
    let afterId = 0;
    while (!this.#stopped) {
      const entries = await this.#rooms.inbox.waiting(ROUTE_BATCH, afterId);
      for (const entry of entries) await this.#routeEntry(entry);
      const last = entries.at(-1);
      if (!last || entries.length < ROUTE_BATCH) return;
      afterId = last.id;
    }
  }

  async #routeEntry(entry: InboxEntry): Promise<void> {
    if (entry.channel === CONTROL_CHANNEL) return this.#routeSubmission(entry);
    const channel = this.#rooms.channels().channel(entry.channel, entry.account);
    // Only a running channel can read its payloads; until then the entry waits.
    if (!channel) return this.#routeLater();
    let message: InboundMessage | null;
    try {
      message = channel.parse(entry.raw);
    } catch (error) {
      this.#rooms.log.error("an inbound payload could not be read", { inbox: entry.id, channel: entry.channel, error });
      return this.#settle(entry, "failed", error instanceof Error ? error.message : String(error));
    }
    if (!message) return this.#settle(entry, "ignored", "it asks for no answer");
    return this.#routeMessage(entry, message);
  }

  async #routeMessage(entry: InboxEntry, message: InboundMessage): Promise<void> {
    const { channels, pairing, clock, settings } = this.#rooms;
    const access = channels().access(entry.channel, entry.account);
    if (!access) return this.#settle(entry, "ignored", "its account is no longer configured");
    if (clock.now() - message.sentAt > settings().backlogMaxAgeMs) {
      return this.#settle(entry, "ignored", "it is older than the gateway answers");
    }
    const isPaired = await pairing.isApproved(entry.channel, entry.account, message.sender.id);
    const decision = decide({ message, access, isPaired });
    switch (decision.action) {
      case "ignore":
        return this.#settle(entry, "ignored", decision.reason);
      case "pair":
        return this.#offerPairing(entry, message);
      case "answer":
        return this.#queueTurn(entry, await this.#turnFor(entry, message, decision.extraSystemPrompt), message);
    }
  }

  async #turnFor(entry: InboxEntry, message: InboundMessage, extraSystemPrompt?: string): Promise<NewTurn> {
    const { channel, account } = entry;
    const settings = this.#rooms.settings();
    const agentId = settings.agentFor(channel, account, message);
    const conversation = { agentId, channel, account, chat: message.chat, senderId: message.sender.id };
    return {
      runId: this.#rooms.ids.uuid(),
      sessionKey: sessionKeyOf(conversation, settings.sessionKeys),
      agentId,
      source: "channel",
      inboxId: entry.id,
      request: { prompt: promptText(message), ...(extraSystemPrompt === undefined ? {} : { extraSystemPrompt }) },
      route: replyRoute(entry, message),
    };
  }

  /** The decision and the turn it leads to are one commit: neither exists without the other. */
  async #queueTurn(entry: InboxEntry, turn: NewTurn, message: InboundMessage): Promise<void> {
    const { store, sessions, turnQueue, inbox, turns } = this.#rooms;
    await store.transaction(async (sql) => {
      if (!(await inbox.settle(sql, entry.id, { state: "answered", runId: turn.runId }))) return;
      const route = turn.route && withoutReply(turn.route);
      const { type: chatType, title } = message.chat;
      await sessions.touch(sql, {
        key: turn.sessionKey,
        agentId: turn.agentId,
        chatType,
        channel: entry.channel,
        title,
        route,
      });
      await turnQueue.add(sql, turn);
    });
    turns.lanes.pump();
  }

  async #routeSubmission(entry: InboxEntry): Promise<void> {
    const { store, sessions, turnQueue, inbox, turns } = this.#rooms;
    const submission = entry.raw as TurnSubmission;
    const { idempotencyKey, sessionKey, agentId, source, request, route } = submission;
    await store.transaction(async (sql) => {
      const runId = await this.#freeRunId(sql, idempotencyKey);
      if (!(await inbox.settle(sql, entry.id, { state: "answered", runId }))) return;
      await sessions.touch(sql, { key: sessionKey, agentId, chatType: "direct" });
      const turn = { runId, sessionKey, agentId, source, inboxId: entry.id, request, ...(route ? { route } : {}) };
      await turnQueue.add(sql, turn);
    });
    turns.lanes.pump();
  }

  /** Clients expect the run to go by their key; two clients that chose the same one must not meet. */
  async #freeRunId(sql: SqlExecutor, idempotencyKey: string): Promise<string> {
    const taken = await sql.get("SELECT run_id FROM turns WHERE run_id = ?", idempotencyKey);
    return taken ? this.#rooms.ids.uuid() : idempotencyKey;
  }

  async #offerPairing(entry: InboxEntry, message: InboundMessage): Promise<void> {
    const { store, pairing, inbox, outbox } = this.#rooms;
    const { channel, account } = entry;
    const { sender, chat } = message;
    const rows = await store.transaction(async (sql) => {
      if (!(await inbox.settle(sql, entry.id, { state: "ignored", reason: "the sender is not paired" }))) return [];
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

  async #settle(entry: InboxEntry, state: "ignored" | "failed", reason: string): Promise<void> {
    const { store, inbox, log } = this.#rooms;
    await store.transaction((sql) => inbox.settle(sql, entry.id, { state, reason }));
    log.debug(`inbound message ${state}`, { inbox: entry.id, channel: entry.channel, account: entry.account, reason });
  }

  #routeLater(): void {
    if (this.#stopped) return;
    this.#retry?.cancel();
    this.#retry = this.#rooms.clock.setTimeout(() => void this.route(), ROUTE_RETRY_MS);
  }

  #refuseWhenStopped(): void {
    if (this.#stopped)
      throw new GatewayError("UNAVAILABLE", "The gateway is stopping and takes nothing new in.", {
        retryAfterMs: 1_500,
      });
  }
}

function replyRoute(entry: InboxEntry, message: InboundMessage): ReplyRoute {
  const { id: chatId, threadId, type } = message.chat;
  return {
    channel: entry.channel,
    account: entry.account,
    chatId,
    ...(threadId === undefined ? {} : { threadId }),
    // In a direct chat it is clear what is being answered.
    ...(type === "direct" ? {} : { replyTo: message.messageId }),
  };
}

function withoutReply({ replyTo: _replyTo, ...route }: ReplyRoute): Omit<ReplyRoute, "replyTo"> {
  return route;
}

function pairingText(channel: string, senderId: string, code: string): string {
  return [
    "This assistant does not know you yet.",
    `Your ${channel} id: ${senderId}`,
    `Pairing code: ${code}`,
    `Its owner can let you in with: openclaw pairing approve ${channel} ${code}`,
  ].join("\n");
}

function assertSameRequest(stored: unknown, submission: TurnSubmission): void {
  if (JSON.stringify(stored) === JSON.stringify(submission)) return;
  throw new GatewayError(
    "INVALID_REQUEST",
    `idempotencyKey "${submission.idempotencyKey}" was used before for another request; use a new key for a new request.`,
    { details: { reason: "idempotency-key-reused" } },
  );
}

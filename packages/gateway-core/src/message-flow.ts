/**
 * STORY 2, the walk of a message:
 *
 *   channel → accept: inbox → policy → session lane → agent turn → outbox → channel
 *
 * A platform is told "received" once `accept` resolves, which is after the inbox commit and before any decision.
 * Everything later works from what stands in the store, so a process that dies anywhere is taken up where it was.
 * Messages from the control plane (`chat.send`, `agent`) come in by the second door, `submit`, and walk the same way.
 * In flow/: what is decided about a channel's message is in inbound-flow.ts, about an edit or a reaction in changes/,
 * what commands lead to in command-flow.ts, the turn itself in turn-flow.ts.
 */
import type { Channel, InboundBatch, InboundChange, InboundMessage } from "@openclaw/channels-contract";

import type { ChannelSupervisor } from "./channels/supervisor.ts";
import { albumDueAt, mergeParts } from "./flow/changes/album.ts";
import type { ChangeFlow } from "./flow/changes/change-flow.ts";
import type { Announce, CommandFlow, GivenOrders } from "./flow/command-flow.ts";
import type { TurnChoice } from "./commands/define.ts";
import { GatewayError } from "./errors.ts";
import type { FlowSettings, InboundFlow } from "./flow/inbound-flow.ts";
import { Together } from "./flow/together.ts";
import type { Inbox, InboxEntry, Source } from "./inbox/inbox.ts";
import type { Clock, Ids, Logger, Store, Timer } from "./ports.ts";
import type { SessionStore } from "./sessions/session-store.ts";
import type { TurnQueue } from "./sessions/turn-queue.ts";
import type { ReplyRoute, Turn, TurnRequest, TurnSource } from "./sessions/turn.ts";
import type { TurnFlow } from "./flow/turn-flow.ts";

/** The inbox channel of messages that clients of the control plane send; no channel plugin may have this id. */
const CONTROL_CHANNEL = "control";
const ROUTE_BATCH = 100;
const ROUTE_RETRY_MS = 5_000;

export interface MessageFlowRooms {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly inbox: Inbox;
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
  readonly channels: () => ChannelSupervisor;
  readonly inbound: InboundFlow;
  readonly changes: ChangeFlow;
  readonly commands: CommandFlow;
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
  /** What is known of the session from now on. */
  readonly sessionFacts?: { readonly label?: string | undefined; readonly spawnedBy?: string | undefined };
  /** The client may change what only the assistant's owner may. */
  readonly byOwner?: boolean;
  /** Nobody asked: it neither keeps a session alive nor begins it anew. */
  readonly isScheduled?: boolean;
}

export interface SubmittedTurn {
  readonly turn: Turn;
  /** False when the same key had been used before, for the same request. */
  readonly isNew: boolean;
}

/** What a client says in a session: commands, or something for the agent with wishes about how it answers. */
interface SubmissionReading {
  readonly text: string;
  readonly choice: TurnChoice;
  readonly orders?: GivenOrders["orders"];
}

export class MessageFlow implements AsyncDisposable {
  readonly #rooms: MessageFlowRooms;
  #routing: Promise<void> | undefined;
  #routeAgain = false;
  /** Answers to commands whose senders have not been told yet that these were taken; by inbox entry. */
  readonly #announcements = new Map<number, Announce>();
  #retry: Timer | undefined;
  #retryAt = 0;
  #startedAt = 0;
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
    this.#announceSoon(entry?.id);
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

  /** True for a text that the gateway answers itself, being a command. */
  async isCommand(text: string, sessionKey: string): Promise<boolean> {
    return (
      (await this.#rooms.commands.read(text, sessionKey, { isAddressed: true, keepsAsides: true })).kind === "commands"
    );
  }

  /** Waits for a turn to end; undefined when it is unknown or the time is up. */
  wait(runId: string, timeoutMs: number, signal?: AbortSignal): Promise<Turn | undefined> {
    return this.#rooms.turns.lanes.wait(runId, timeoutMs, signal);
  }

  /** The runs that wait or run, by session. */
  openRuns(): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.#rooms.turnQueue.openBySession();
  }

  /** Ends what runs and waits in a session and in those of its sub-agents, or one turn of it. Answers which. */
  stop(sessionKey: string, runId?: string): Promise<readonly string[]> {
    return this.#rooms.turns.stop(sessionKey, runId);
  }

  /** Takes up everything a dead process left, then begins to answer. */
  async start(): Promise<void> {
    this.#startedAt = this.#rooms.clock.now();
    await this.#rooms.turns.lanes.start();
    // However much waits, the gateway is there for everything else meanwhile.
    void this.route();
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

  /** Looks at what can be read now: entries of channels that are not running cost a pass nothing. In order of arrival. */
  async #routePass(): Promise<void> {
    const sources = [{ channel: CONTROL_CHANNEL }, ...this.#rooms.channels().running()];
    let afterId = 0;
    while (!this.#stopped) {
      const batches = await Promise.all(
        sources.map((source) => this.#rooms.inbox.waiting(source, { limit: ROUTE_BATCH, afterId })),
      );
      // Where a source has more than its batch, what comes after that may have to wait for it.
      const until = Math.min(
        ...batches.map((batch) => (batch.length < ROUTE_BATCH ? Infinity : (batch.at(-1)?.id ?? 0))),
      );
      const entries = batches.flat().filter(({ id }) => id <= until);
      await this.#routeInOrder(entries.toSorted((a, b) => a.id - b.id));
      if (until === Infinity) return;
      afterId = until;
    }
  }

  /** Each conversation in order. Different ones are decided about side by side, so that they share commits. */
  async #routeInOrder(entries: readonly InboxEntry[]): Promise<void> {
    const together = new Together();
    try {
      for (const entry of entries) await this.#routeEntry(entry, together);
    } finally {
      await together.finish();
    }
  }

  async #routeEntry(entry: InboxEntry, together: Together): Promise<void> {
    if (entry.channel === CONTROL_CHANNEL) {
      const { sessionKey, idempotencyKey } = entry.raw as TurnSubmission;
      const touches = [sessionKey, `run ${idempotencyKey}`];
      return together.add({ touches, take: () => this.#routeSubmission(entry) });
    }
    const channel = this.#rooms.channels().channel(entry.channel, entry.account);
    // Only a running channel can read its payloads; the entry waits until it runs again.
    if (!channel) return;
    if (entry.album !== undefined) {
      await together.finish();
      return this.#routeAlbum(entry, channel);
    }
    const event = await this.#read(entry, channel);
    if (!event) return;
    if ("kind" in event) {
      // It may be about anything that was said before it, in another chat too.
      await together.finish();
      return this.#rooms.changes.apply(entry, event);
    }
    const { inbound } = this.#rooms;
    return together.add({ touches: inbound.touches(entry, event), take: () => inbound.decide(entry, event) });
  }

  /** A part of a message waits for the others; the first of them goes on with all, once no more come. */
  async #routeAlbum(entry: InboxEntry, channel: Channel): Promise<void> {
    const parts = await this.#rooms.inbox.albumParts(entry);
    // The others go where the first one went.
    if (parts[0]?.id !== entry.id) return;
    const waitMs = albumDueAt(parts, this.#startedAt) - this.#rooms.clock.now();
    if (waitMs > 0) return this.#routeLater(Math.min(waitMs, ROUTE_RETRY_MS));
    const read: { part: InboxEntry; message: InboundMessage }[] = [];
    for (const part of parts) {
      const message = await this.#read(part, channel);
      if (message && !("kind" in message)) read.push({ part, message });
    }
    const [first, ...others] = read;
    if (!first) return;
    const whole = mergeParts([first.message, ...others.map(({ message }) => message)]);
    return this.#rooms.inbound.decide({ ...first.part, partIds: others.map(({ part }) => part.id) }, whole);
  }

  /** What a delivery says. What says nothing, or can not be read, is settled, and is undefined. */
  async #read(entry: InboxEntry, channel: Channel): Promise<InboundMessage | InboundChange | undefined> {
    try {
      const event = channel.parse(entry.raw) ?? channel.parseChange?.(entry.raw);
      if (event) return event;
    } catch (error) {
      this.#rooms.log.error("an inbound payload could not be read", { inbox: entry.id, channel: entry.channel, error });
      await this.#settle(entry, "failed", error instanceof Error ? error.message : String(error));
      return undefined;
    }
    await this.#settle(entry, "ignored", "it asks for no answer");
    return undefined;
  }

  async #routeSubmission(entry: InboxEntry): Promise<void> {
    const { store, sessions, turnQueue, inbox, turns, commands, settings } = this.#rooms;
    const submission = entry.raw as TurnSubmission;
    const { sessionKey, agentId, source, route } = submission;
    const runId = await this.#freeRunId(submission.idempotencyKey);
    const resetRule = submission.isScheduled ? undefined : settings().resetRule({ type: "dm" });
    const touch = { key: sessionKey, agentId, chatType: "direct" as const, resetRule };
    const reading = await this.#readSubmission(submission);
    const request = { ...submission.request, prompt: reading.text, ...reading.choice };
    const turn = { runId, sessionKey, agentId, source, inboxId: entry.id, request, ...(route ? { route } : {}) };
    if (reading.orders) {
      const sender = { id: entry.account, channel: "webchat" };
      const given = { entry, orders: reading.orders, sender, isOwner: submission.byOwner === true };
      const announce = await commands.carryOut({ ...given, turn, touch });
      if (announce) this.#announcements.set(entry.id, announce);
      return;
    }
    await store.transaction(async (sql) => {
      if (!(await inbox.settle(sql, entry, { state: "answered", runId }))) return;
      await sessions.touch(sql, touch);
      if (submission.sessionFacts) await sessions.change(sql, sessionKey, submission.sessionFacts);
      await turnQueue.add(sql, turn);
    });
    turns.lanes.pump();
  }

  /** Clients expect the run to go by their key; two clients that chose the same one must not meet. */
  async #freeRunId(idempotencyKey: string): Promise<string> {
    const taken = await this.#rooms.turnQueue.get(idempotencyKey);
    return taken ? this.#rooms.ids.uuid() : idempotencyKey;
  }

  /** People command in conversations; what a program asks of an agent is taken by the word. Clients have methods to ask. */
  async #readSubmission({ source, request, sessionKey }: TurnSubmission): Promise<SubmissionReading> {
    if (source !== "chat") return { text: request.prompt, choice: {} };
    const reading = await this.#rooms.commands.read(request.prompt, sessionKey, {
      isAddressed: true,
      keepsAsides: true,
    });
    return reading.kind === "prompt" ? reading : { text: request.prompt, choice: {}, orders: reading.orders };
  }

  /** Whoever sent a command reads first that it was taken, then its answer. */
  #announceSoon(entryId: number | undefined): void {
    const announce = entryId === undefined ? undefined : this.#announcements.get(entryId);
    if (!announce || entryId === undefined) return;
    this.#announcements.delete(entryId);
    this.#rooms.clock.setTimeout(announce, 0);
  }

  async #settle(entry: InboxEntry, state: "ignored" | "failed", reason: string): Promise<void> {
    const { store, inbox, log } = this.#rooms;
    await store.transaction((sql) => inbox.settle(sql, entry, { state, reason }));
    log.debug(`inbound message ${state}`, { inbox: entry.id, channel: entry.channel, account: entry.account, reason });
  }

  #routeLater(delayMs = ROUTE_RETRY_MS): void {
    const { clock } = this.#rooms;
    const at = clock.now() + delayMs;
    if (this.#stopped || (this.#retry && this.#retryAt <= at)) return;
    this.#retry?.cancel();
    this.#retryAt = at;
    this.#retry = clock.setTimeout(() => {
      this.#retry = undefined;
      void this.route();
    }, delayMs);
  }

  #refuseWhenStopped(): void {
    if (this.#stopped)
      throw new GatewayError("UNAVAILABLE", "The gateway is stopping and takes nothing new in.", {
        retryAfterMs: 1_500,
      });
  }
}

function assertSameRequest(stored: unknown, submission: TurnSubmission): void {
  if (JSON.stringify(stored) === JSON.stringify(submission)) return;
  throw new GatewayError(
    "INVALID_REQUEST",
    `idempotencyKey "${submission.idempotencyKey}" was used before for another request; use a new key for a new request.`,
    { details: { reason: "idempotency-key-reused" } },
  );
}

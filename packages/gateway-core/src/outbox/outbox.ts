import {
  joinSignals,
  type ChannelCapabilities,
  type OutboundContent,
  type OutboundMessage,
  type SendOutcome,
} from "@openclaw/channels-contract";

import { GatewayError } from "../errors.ts";
import type { Clock, Ids, Logger, SqlExecutor, Store, Timer } from "../ports.ts";
import { assertTakes } from "./admission.ts";
import { type StoredContent, withRepeatLabel } from "./content.ts";
import {
  type ChatLane,
  type NewOutboxRow,
  type OutboundPlace,
  type OutboxRow,
  type OutboxState,
  OutboxTable,
  type Transition,
} from "./outbox-table.ts";
import { type MessageBody, partsOf } from "./parts.ts";
import { afterUnknown, retryDelayMs, type UnknownPolicy } from "./retry.ts";
import { Settlements } from "./settlements.ts";

/** One attempt takes at most this long. Source: the send contract of a channel. */
const ATTEMPT_TIMEOUT_MS = 60_000;
/** An answer nobody waited for any more helps nobody: past this it is dead, not sent. */
export const DEFAULT_DEADLINE_MS = 60 * 60_000;
/** More open rows than this and new ones asked for by clients are refused. */
const MAX_OPEN = 20_000;
/** Chats that are delivered to at the same time; further ones wait their turn. */
const MAX_ACTIVE_LANES = 64;
const ALL_STATES: readonly OutboxState[] = ["queued", "sending", "sent", "dead", "unknown"];
/** Between two tries to write an outcome down while the database takes nothing. */
const WRITE_RETRY_MS = 2_000;
/** How long an aborted attempt may take to say how it ended. */
const LAST_WORD_MS = 2_000;

export type { UnknownPolicy } from "./retry.ts";

export interface OutboxDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Makes one attempt through the row's channel. */
  readonly deliver: (row: OutboxRow, message: OutboundMessage, signal: AbortSignal) => Promise<SendOutcome>;
  readonly unknownPolicy: (channel: string, account: string) => UnknownPolicy;
  /** What the channel takes. */
  readonly capabilities: (channel: string, account: string) => ChannelCapabilities;
  /** The file behind the id in a row; undefined when it is no longer kept. */
  readonly openFile: (mediaId: string) => Promise<{ readonly path: string; readonly size: number } | undefined>;
  readonly random?: () => number;
}

/** A message: text, files, or both. */
export type OutboundText = OutboundPlace & MessageBody;

/**
 * Delivers what was decided to be sent. A message is a row before anyone tries to send it; the rows of one chat go
 * out one at a time, in order; every attempt ends in one of four outcomes, and the outcome is written down.
 */
export class Outbox implements AsyncDisposable {
  readonly #table: OutboxTable;
  readonly #dependencies: OutboxDependencies;
  readonly #lanes = new Map<string, Promise<void>>();
  /** Chats with something to send that wait for a free worker; bounded by the open rows. */
  readonly #waitingLanes = new Map<string, ChatLane>();
  readonly #timers = new Map<string, Timer>();
  readonly #settlements: Settlements;
  /** Accounts that their platform asked to pause, until when. */
  readonly #pausedUntil = new Map<string, number>();
  readonly #stop = new AbortController();
  #started = false;

  constructor(dependencies: OutboxDependencies) {
    this.#dependencies = dependencies;
    this.#table = new OutboxTable(dependencies.store, dependencies.clock, dependencies.ids);
    this.#settlements = new Settlements(dependencies.clock, (id) => this.#table.get(id));
  }

  /** Adds a message as rows, one per part, in the caller's transaction. Call `wake` once it is committed. */
  async enqueue(sql: SqlExecutor, message: OutboundText): Promise<OutboxRow[]> {
    const { text, media, buttons, silent, linkPreview, ...place } = message;
    const body = { text, media, buttons, silent, linkPreview };
    return this.enqueueContent(sql, place, partsOf(body, this.#capabilities(place)));
  }

  /** Adds content as it is, a row each. The first of them answers `replyTo`. */
  async enqueueContent(
    sql: SqlExecutor,
    place: OutboundPlace,
    contents: readonly StoredContent[],
  ): Promise<OutboxRow[]> {
    const { deadlineAt, replyTo, ...where } = place;
    const rows: OutboxRow[] = [];
    for (const [index, content] of contents.entries()) {
      const row: NewOutboxRow = {
        ...where,
        replyTo: index === 0 ? replyTo : undefined,
        content,
        deadlineAt: deadlineAt ?? this.#dependencies.clock.now() + DEFAULT_DEADLINE_MS,
      };
      rows.push(await this.#table.add(sql, row));
    }
    return rows;
  }

  /** Throws INVALID_REQUEST for what the channel of a place does not take, with the reason. */
  assertTakes(place: OutboundPlace, contents: readonly StoredContent[]): void {
    for (const content of contents) assertTakes(place.channel, this.#capabilities(place), content);
  }

  /** The parts a message would be sent as. */
  parts(place: OutboundPlace, body: MessageBody): StoredContent[] {
    return partsOf(body, this.#capabilities(place));
  }

  /** Refuses new work while too much waits already; replies that are owed are not refused. */
  async assertHasRoom(): Promise<void> {
    const counts = await this.#table.countByState();
    if (counts.queued + counts.sending < MAX_OPEN) return;
    throw new GatewayError(
      "UNAVAILABLE",
      `${MAX_OPEN} messages already wait to be sent; see openclaw channels status.`,
      {
        retryAfterMs: 30_000,
      },
    );
  }

  /** Settles what a dead process left behind, then starts delivering. */
  async start(): Promise<void> {
    for (const row of await this.#table.interrupted()) {
      await this.#settle(row, { outcome: "unknown", reason: "the gateway stopped while the message was being sent" });
    }
    this.#started = true;
    this.wake(await this.#table.openLanes());
  }

  /** Sees that the chats of rows that were just committed have their one worker each. */
  wake(lanes: readonly ChatLane[]): void {
    if (!this.#started) return;
    for (const { channel, account, chatId } of lanes) this.#startLane({ channel, account, chatId });
  }

  list(filter: { state?: string; channel?: string; limit: number }): Promise<OutboxRow[]> {
    return this.#table.list(filter);
  }

  /** Sends a dead or unknown message once more, as it is. Throws INVALID_REQUEST for one that is neither. */
  async retry(id: string): Promise<OutboxRow> {
    const isAgain = await this.#table.requeue(id, this.#dependencies.clock.now() + DEFAULT_DEADLINE_MS);
    const row = await this.#expect(id, isAgain ? ALL_STATES : [], "dead or unknown");
    this.wake([row]);
    return row;
  }

  /** Gives up a message that waits or is unknown. Throws INVALID_REQUEST for one that was sent or is being sent. */
  async discard(id: string): Promise<OutboxRow> {
    if (await this.#table.discard(id, "an operator discarded it")) await this.#settlements.tell(id);
    return this.#expect(id, ["dead"], "waiting or unknown");
  }

  /** Sends what waits for a chat to its new id. Wake the rows once that is committed. */
  moveChat(sql: SqlExecutor, lane: ChatLane, toChatId: string): Promise<OutboxRow[]> {
    return this.#table.moveQueued(sql, lane, toChatId);
  }

  /** The message of an account that a chat knows by an id; undefined when it is none of this gateway's. */
  sentAs(place: ChatLane, messageId: string): Promise<OutboxRow | undefined> {
    return this.#table.findSent(place, messageId);
  }

  countByState(): ReturnType<OutboxTable["countByState"]> {
    return this.#table.countByState();
  }

  prune(): Promise<number> {
    return this.#table.prune();
  }

  /** Waits until a row is sent, dead or unknown; undefined when the time is up first. */
  settled(id: string, timeoutMs: number): Promise<OutboxRow | undefined> {
    return this.#settlements.of(id, timeoutMs);
  }

  /** Lets what can be sent now go out, until the deadline. What must wait stays queued for the next start. */
  async drain(deadlineMs: number): Promise<void> {
    const timeUp = new AbortController();
    const ended = Promise.withResolvers<void>();
    if (deadlineMs <= 0) timeUp.abort();
    using _timer = this.#dependencies.clock.setTimeout(() => {
      timeUp.abort();
      ended.resolve();
    }, deadlineMs);
    while (this.#lanes.size > 0 && !timeUp.signal.aborted) {
      await Promise.race([Promise.allSettled(this.#lanes.values()), ended.promise]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new GatewayError("UNAVAILABLE", "The gateway is stopping."));
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await Promise.allSettled(this.#lanes.values());
  }

  #startLane(lane: ChatLane): void {
    const key = laneKey(lane);
    if (this.#stop.signal.aborted) return;
    if (this.#lanes.has(key) || this.#lanes.size >= MAX_ACTIVE_LANES) {
      // A worker that is about to end may have seen no row yet, so the chat is looked at once more after it.
      this.#waitingLanes.set(key, lane);
      return;
    }
    this.#waitingLanes.delete(key);
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    const worker = this.#drain(lane)
      .catch((error: unknown) => {
        this.#dependencies.log.error("delivery stopped on an internal failure; it is tried again", {
          chat: key,
          error,
        });
        return this.#dependencies.clock.now() + retryDelayMs(3, undefined, this.#dependencies.random ?? Math.random);
      })
      .then((wakeAt) => {
        this.#lanes.delete(key);
        if (wakeAt !== undefined && !this.#waitingLanes.has(key)) this.#wakeLaneAt(lane, wakeAt);
        const [next] = this.#waitingLanes.values();
        if (next) this.#startLane(next);
      });
    this.#lanes.set(key, worker);
  }

  #wakeLaneAt(lane: ChatLane, at: number): void {
    if (this.#stop.signal.aborted) return;
    const key = laneKey(lane);
    const delay = Math.max(0, at - this.#dependencies.clock.now());
    this.#timers.set(
      key,
      this.#dependencies.clock.setTimeout(() => this.#startLane(lane), delay),
    );
  }

  /** Sends a chat's rows one after the other. Answers when to look again, or undefined when nothing is left. */
  async #drain(lane: ChatLane): Promise<number | undefined> {
    while (!this.#stop.signal.aborted) {
      const row = await this.#table.head(lane);
      if (!row) return undefined;
      const now = this.#dependencies.clock.now();
      if (row.state === "sending") {
        // This worker is the only one of the chat, and it is not sending.
        await this.#settle(row, { outcome: "unknown", reason: "how the last attempt ended is not known" });
        continue;
      }
      if (row.deadlineAt <= now) {
        const why = row.reason ? `; the last attempt: ${row.reason}` : "";
        await this.#move(row, { state: "dead", code: "DEADLINE", reason: `it was not sent before its deadline${why}` });
        continue;
      }
      const notBefore = Math.max(row.nextAttemptAt, this.#pausedUntil.get(`${row.channel}/${row.account}`) ?? 0);
      // A row from the future was written before the clock was set back: how long it still has to wait is not known.
      const clockWentBack = row.updatedAt > now;
      if (notBefore > now && !clockWentBack) return Math.min(notBefore, row.deadlineAt);
      if (!(await this.#table.markSending(row.id))) continue;
      await this.#settle({ ...row, attempts: row.attempts + 1 }, await this.#attempt(row));
    }
    return undefined;
  }

  #capabilities({ channel, account }: OutboundPlace): ChannelCapabilities {
    return this.#dependencies.capabilities(channel, account);
  }

  async #attempt(row: OutboxRow): Promise<SendOutcome> {
    const content = await this.#contentOf(row);
    if (content === undefined) {
      return { outcome: "permanent", code: "MEDIA_GONE", reason: "the file to be sent is no longer kept" };
    }
    const message: OutboundMessage = {
      operationId: row.id,
      attempt: row.attempts + 1,
      to: { chatId: row.chatId, ...(row.threadId === undefined ? {} : { threadId: row.threadId }) },
      content,
      ...(row.replyTo === undefined ? {} : { replyTo: row.replyTo }),
    };
    const deadline = new AbortController();
    using _timer = this.#dependencies.clock.setTimeout(
      () => deadline.abort(new Error("The attempt took too long.")),
      ATTEMPT_TIMEOUT_MS,
    );
    using joined = joinSignals(this.#stop.signal, deadline.signal);
    const { signal } = joined;
    const abandoned = new Promise<SendOutcome>((resolve) => {
      signal.addEventListener("abort", () => resolve({ outcome: "unknown", reason: String(signal.reason) }), {
        once: true,
      });
    });
    try {
      const attempt = this.#dependencies.deliver(row, message, signal);
      // A channel answers an abort by itself; one that does not must not hold the chat, or a stop, for ever.
      return await Promise.race([attempt, abandoned.then((outcome) => this.#lastWord(attempt, outcome))]);
    } catch (error) {
      this.#dependencies.log.error("a channel threw instead of answering an outcome", { channel: row.channel, error });
      return { outcome: "unknown", reason: "the channel failed while it was sending" };
    }
  }

  /** What the channel is given: the row's content, with its file in the place of the file's id. */
  async #contentOf(row: OutboxRow): Promise<OutboundContent | undefined> {
    const content = row.labelled ? withRepeatLabel(row.content) : row.content;
    if (content.kind !== "media") return content;
    if (content.source.type === "reference") return { ...content, source: content.source };
    const file = await this.#dependencies.openFile(content.source.mediaId);
    return file && { ...content, source: { type: "file", path: file.path, size: file.size } };
  }

  /** After an abort: the attempt's own answer if it comes soon, else the pessimistic one. */
  async #lastWord(attempt: Promise<SendOutcome>, otherwise: SendOutcome): Promise<SendOutcome> {
    const timeUp = Promise.withResolvers<SendOutcome>();
    using _timer = this.#dependencies.clock.setTimeout(() => timeUp.resolve(otherwise), LAST_WORD_MS);
    return await Promise.race([attempt.catch(() => otherwise), timeUp.promise]);
  }

  async #settle(row: OutboxRow, outcome: SendOutcome): Promise<void> {
    const { clock, random } = this.#dependencies;
    const nextAttemptAt = (wish?: number) => clock.now() + retryDelayMs(row.attempts, wish, random ?? Math.random);
    switch (outcome.outcome) {
      case "sent":
        return this.#move(row, { state: "sent", messageId: outcome.messageId });
      case "permanent":
        return this.#move(row, { state: "dead", code: outcome.code, reason: outcome.reason });
      case "retry": {
        const at = nextAttemptAt(outcome.retryAfterMs);
        if (outcome.scope === "account") this.#pausedUntil.set(`${row.channel}/${row.account}`, at);
        return this.#move(row, { state: "queued", nextAttemptAt: at, reason: outcome.reason });
      }
      case "unknown":
        return this.#move(
          row,
          afterUnknown(row, this.#dependencies.unknownPolicy(row.channel, row.account), {
            reason: outcome.reason,
            nextAttemptAt: nextAttemptAt(),
          }),
        );
    }
  }

  async #move(row: OutboxRow, to: Transition): Promise<void> {
    await this.#writeDown(row, to);
    const level = to.state === "dead" || to.state === "unknown" ? "warn" : "debug";
    this.#dependencies.log[level](`outbound message ${to.state}`, {
      id: row.id,
      channel: row.channel,
      account: row.account,
      attempt: row.attempts,
      ...("reason" in to ? { reason: to.reason } : {}),
    });
    if (to.state !== "queued") await this.#settlements.tell(row.id);
  }

  /** An outcome that can not be written down is kept until it can: nobody else knows what became of the message. */
  async #writeDown(row: OutboxRow, to: Transition): Promise<void> {
    const { clock, log } = this.#dependencies;
    while (true) {
      try {
        await this.#table.transition(row.id, to);
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) throw error;
        log.error("the outcome of a send can not be written down; it is tried again", {
          id: row.id,
          to: to.state,
          error,
        });
        await clock.sleep(WRITE_RETRY_MS, this.#stop.signal);
      }
    }
  }

  async #expect(id: string, states: readonly OutboxState[], needed: string): Promise<OutboxRow> {
    const row = await this.#table.get(id);
    if (row && states.includes(row.state)) return row;
    const found = row ? `it is ${row.state}` : "there is none with this id";
    throw new GatewayError("INVALID_REQUEST", `The message ${id} is not ${needed}: ${found} (openclaw outbox list).`);
  }
}

function laneKey(lane: ChatLane): string {
  return JSON.stringify([lane.channel, lane.account, lane.chatId]);
}

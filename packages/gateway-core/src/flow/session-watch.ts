import type { EventPayload } from "@openclaw/protocol";

import type { ConfigRuntime } from "../config/runtime.ts";
import { GatewayError } from "../errors.ts";
import type { EventBus } from "../events/bus.ts";
import type { Clock, Logger } from "../ports.ts";
import type { Session, SessionStore } from "../sessions/session-store.ts";
import type { TurnQueue } from "../sessions/turn-queue.ts";
import { runsOf, sessionRowOf } from "../sessions/rows/session-rows.ts";
import { placedRow } from "../sessions/rows/transcript-rows.ts";

const MOST_SESSIONS_PER_CONNECTION = 200;
const MOST_RUNS = 1_000;
const PAGE = 200;

export interface SessionWatchRooms {
  readonly config: ConfigRuntime;
  readonly events: EventBus;
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
  readonly clock: Clock;
  readonly log: Logger;
}

type Cause = Pick<EventPayload<"sessions.changed">, "reason" | "phase" | "runId">;

/** The connections that follow the messages of one session, and how far they were told. */
interface Followed {
  readonly connections: Set<string>;
  lastId: number;
}

/**
 * Tells connections that asked for it what becomes of sessions: `sessions.changed` about all of them, `session.message`
 * about the messages of single ones. Changes of one session that come faster than they can be told are told as one.
 */
export class SessionWatch implements AsyncDisposable {
  readonly #rooms: SessionWatchRooms;
  readonly #listeners = new Set<string>();
  readonly #followed = new Map<string, Followed>();
  readonly #pending = new Map<string, Cause>();
  /** Runs that tell of themselves. */
  readonly #runs = new Set<string>();
  readonly #subscriptions: readonly Disposable[];
  #telling: Promise<void> | undefined;

  constructor(rooms: SessionWatchRooms) {
    this.#rooms = rooms;
    this.#subscriptions = [
      rooms.events.on("agent", ({ stream, data, sessionKey, runId }) => {
        const phase = stream === "lifecycle" ? phaseOf(data) : undefined;
        if (phase === undefined || sessionKey === undefined) return;
        if (phase === "start") this.#remember(runId);
        this.changed(sessionKey, { phase, runId });
      }),
      // Answers of commands and words put in from outside come without a run.
      rooms.events.on("chat", ({ state, sessionKey, runId }) => {
        if (state === "final" && !this.#runs.delete(runId)) this.changed(sessionKey, { reason: "message" });
      }),
    ];
  }

  /** Until the connection is gone, or `unlisten`. */
  listen(connectionId: string, gone: AbortSignal): void {
    if (gone.aborted) return;
    this.#listeners.add(connectionId);
    gone.addEventListener("abort", () => this.unlisten(connectionId), { once: true });
  }

  unlisten(connectionId: string): void {
    this.#listeners.delete(connectionId);
  }

  /** Messages from now on, until the connection is gone, or `unfollow`. Throws INVALID_REQUEST beyond the limit. */
  async follow(connectionId: string, sessionKey: string, gone: AbortSignal): Promise<void> {
    const count = [...this.#followed.values()].filter(({ connections }) => connections.has(connectionId)).length;
    if (count >= MOST_SESSIONS_PER_CONNECTION) {
      throw new GatewayError(
        "INVALID_REQUEST",
        `This connection follows ${count} sessions already; leave one with sessions.messages.unsubscribe first.`,
      );
    }
    const lastId = this.#followed.get(sessionKey)?.lastId ?? (await this.#lastIdOf(sessionKey));
    if (gone.aborted) return;
    const followed = this.#followed.get(sessionKey) ?? { connections: new Set(), lastId };
    this.#followed.set(sessionKey, followed);
    followed.connections.add(connectionId);
    gone.addEventListener("abort", () => this.unfollow(connectionId, sessionKey), { once: true });
  }

  unfollow(connectionId: string, sessionKey: string): void {
    const followed = this.#followed.get(sessionKey);
    followed?.connections.delete(connectionId);
    if (followed?.connections.size === 0) this.#followed.delete(sessionKey);
  }

  /** A session is another than before. Costs nothing when nobody listens. */
  changed(sessionKey: string, cause: Cause): void {
    if (this.#listeners.size === 0 && !this.#followed.has(sessionKey)) return;
    this.#pending.set(sessionKey, cause);
    this.#telling ??= this.#tellAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
    await this.#telling;
  }

  #remember(runId: string): void {
    const [oldest] = this.#runs;
    if (this.#runs.size >= MOST_RUNS && oldest !== undefined) this.#runs.delete(oldest);
    this.#runs.add(runId);
  }

  async #tellAll(): Promise<void> {
    try {
      for (const [sessionKey, cause] of this.#pending) {
        this.#pending.delete(sessionKey);
        await this.#tell(sessionKey, cause);
      }
    } catch (error) {
      this.#pending.clear();
      this.#rooms.log.error("clients could not be told of a changed session", { error });
    } finally {
      this.#telling = undefined;
    }
  }

  async #tell(sessionKey: string, cause: Cause): Promise<void> {
    const { config, events, sessions, turnQueue, clock } = this.#rooms;
    const session = await sessions.get(sessionKey);
    if (session) await this.#tellMessages(session);
    if (this.#listeners.size === 0) return;
    const open = await turnQueue.open(sessionKey);
    const row = session && {
      ...(await sessionRowOf(session, { includeLastMessage: true }, { keys: config.current.session, sessions })),
      ...runsOf(open.map(({ runId }) => runId)),
    };
    events.publish(
      "sessions.changed",
      {
        sessionKey,
        agentId: session?.agentId ?? agentOf(sessionKey),
        ...cause,
        ts: clock.now(),
        ...(row ? { session: row } : {}),
      },
      { connectionIds: new Set(this.#listeners) },
    );
  }

  async #tellMessages({ key, agentId, sessionId }: Session): Promise<void> {
    const followed = this.#followed.get(key);
    if (!followed) return;
    const { events, sessions } = this.#rooms;
    let place: number | undefined;
    for (;;) {
      const { entries, nextId } = await sessions.page(sessionId, { afterId: followed.lastId, limit: PAGE });
      for (const entry of entries) {
        place = place === undefined ? await sessions.placeOf(sessionId, entry.id) : place + 1;
        followed.lastId = entry.id;
        const message = placedRow(entry, place);
        events.publish(
          "session.message",
          { sessionKey: key, agentId, message, messageId: String(entry.id), messageSeq: place },
          { connectionIds: new Set(followed.connections) },
        );
      }
      if (nextId === undefined) return;
    }
  }

  async #lastIdOf(sessionKey: string): Promise<number> {
    const session = await this.#rooms.sessions.get(sessionKey);
    const newest = session && (await this.#rooms.sessions.newest(session.sessionId, 1));
    return newest?.entries.at(-1)?.id ?? 0;
  }
}

function phaseOf(data: unknown): string | undefined {
  const phase: unknown = typeof data === "object" && data !== null && "phase" in data ? data.phase : undefined;
  return phase === "start" || phase === "end" || phase === "error" ? phase : undefined;
}

/** The agent that a full key names. */
function agentOf(sessionKey: string): string {
  return sessionKey.split(":")[1] ?? sessionKey;
}

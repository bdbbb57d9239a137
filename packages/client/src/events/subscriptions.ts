import type { EventFrame, EventName, EventPayload, ResultOf, StateVersion } from "@openclaw/protocol";

import { type ClientError, reportUncaught } from "../errors.ts";
import { BoundedBuffer, EventQueue } from "./event-queue.ts";

/** An event of the gateway. Its payload is as the gateway sent it; a newer one may send names that are not listed. */
export type GatewayEvent = {
  [E in EventName]: {
    readonly type: "event";
    readonly event: E;
    readonly payload: EventPayload<E>;
    readonly seq?: number;
    readonly stateVersion?: StateVersion;
  };
}[EventName];

/** What the client itself has to tell, among the events. */
export interface LocalEvents {
  /**
   * Events were sent that did not arrive. `sequence`: a number was left out on this connection. `reconnected`: the
   * connection was replaced, and nothing tells what happened in between; the new `hello.snapshot` is current. The state
   * is fetched again, unless `refreshOnGap` says otherwise.
   */
  readonly gap:
    | { readonly cause: "sequence"; readonly expected: number; readonly received: number }
    | { readonly cause: "reconnected" };
  /** The connection was replaced, and nothing was missed: the events that came meanwhile follow. */
  readonly recovered: Readonly<Record<string, never>>;
  /** The state that was fetched because of a gap, or why it could not be fetched. */
  readonly refreshed:
    | { readonly ok: true; readonly health: ResultOf<"health">; readonly presence: ResultOf<"system-presence"> }
    | { readonly ok: false; readonly error: ClientError };
  /** This reader was too slow: so many of the oldest events in its buffer were dropped. */
  readonly overflow: { readonly dropped: number };
  /** The gateway sent something that is no frame; it was ignored. */
  readonly malformed: { readonly reason: string };
}

export type LocalEventName = keyof LocalEvents;

const LOCAL_EVENTS: Readonly<Record<LocalEventName, true>> = {
  gap: true,
  recovered: true,
  refreshed: true,
  overflow: true,
  malformed: true,
};

function isLocalEvent(name: string): name is LocalEventName {
  return Object.hasOwn(LOCAL_EVENTS, name);
}

export type LocalEvent = {
  [N in LocalEventName]: { readonly type: "local"; readonly event: N; readonly payload: LocalEvents[N] };
}[LocalEventName];

/** What a reader of `events()` gets: the gateway's events and the client's own notices, in the order they came. */
export type ReceivedEvent = GatewayEvent | LocalEvent;

/**
 * Listeners as they are kept. The method form lets a listener of one event's payload stand among those of others: who
 * gets what is decided by the name it subscribed to.
 */
export type EventListener = { notify(payload: unknown, frame?: EventFrame): void }["notify"];

/** One subscription: the same function may listen twice. */
interface Listening {
  readonly listener: EventListener;
}

/** How much waits for one reader: events, and characters of their frames. */
const BUFFERED_EVENTS = 1024;
const BUFFERED_CHARACTERS = 16 * 1024 * 1024;
/** What a notice of the client counts for, in characters. */
const LOCAL_SIZE = 64;

/** Everyone who listens for events, and the one place events go to. */
export class Subscriptions {
  readonly #queues = new Set<EventQueue<ReceivedEvent>>();
  /** By name; the client's own notices have a table of their own, as a gateway might use the same names. */
  readonly #listeners = new Map<string, Set<Listening>>();
  readonly #localListeners = new Map<string, Set<Listening>>();
  #held: BoundedBuffer<() => void> | undefined = new BoundedBuffer(BUFFERED_EVENTS, BUFFERED_CHARACTERS);
  #end: { readonly error: ClientError | undefined } | undefined;

  /** Delivers what came while the caller of connect() could not listen yet; from here on delivery is immediate. */
  release(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const dropped = held.takeDropped();
    if (dropped > 0) this.#deliverLocal(notice("overflow", { dropped }));
    for (let deliver = held.shift(); deliver !== undefined; deliver = held.shift()) deliver.item();
  }

  publish(frame: EventFrame, size: number): void {
    this.#hold(() => this.#deliver(frame, size), size);
  }

  publishLocal<N extends LocalEventName>(event: N, payload: LocalEvents[N]): void {
    this.#hold(() => this.#deliverLocal(notice(event, payload)), LOCAL_SIZE);
  }

  on(event: string, listener: EventListener): Disposable {
    return addTo(isLocalEvent(event) ? this.#localListeners : this.#listeners, event, listener);
  }

  events(signal: AbortSignal | undefined): AsyncIterableIterator<ReceivedEvent, undefined> {
    const queue = new EventQueue<ReceivedEvent>({
      maximumItems: BUFFERED_EVENTS,
      maximumSize: BUFFERED_CHARACTERS,
      overflow: (dropped) => notice("overflow", { dropped }),
      finished: (ended) => this.#queues.delete(ended),
      signal,
    });
    if (this.#end !== undefined) queue.end(this.#end.error);
    else if (!queue.finished) this.#queues.add(queue);
    return queue;
  }

  /** No more events, ever. Readers get what is buffered, then the error, or the plain end when there is none. */
  end(error: ClientError | undefined): void {
    this.release();
    this.#end = { error };
    for (const queue of this.#queues) queue.end(error);
    this.#queues.clear();
    this.#listeners.clear();
    this.#localListeners.clear();
  }

  #hold(deliver: () => void, size: number): void {
    if (this.#held === undefined) deliver();
    else this.#held.push(deliver, size);
  }

  #deliver(frame: EventFrame, size: number): void {
    for (const queue of this.#queues) queue.push(received(frame), size);
    for (const { listener } of this.#listeners.get(frame.event) ?? []) {
      notify(() => listener(frame.payload, frame));
    }
  }

  #deliverLocal(event: LocalEvent): void {
    for (const queue of this.#queues) queue.push(event, LOCAL_SIZE);
    for (const { listener } of this.#localListeners.get(event.event) ?? []) {
      notify(() => listener(event.payload));
    }
  }
}

function notice<N extends LocalEventName>(event: N, payload: LocalEvents[N]): LocalEvent;
function notice(event: string, payload: unknown): object {
  return { type: "local", event, payload };
}

/** The frame's payload is what its event's contract says: the gateway checks what it sends, this side takes its word. */
function received(frame: EventFrame): GatewayEvent;
function received({ event, payload, seq, stateVersion }: EventFrame): object {
  return {
    type: "event",
    event,
    payload,
    ...(seq === undefined ? {} : { seq }),
    ...(stateVersion === undefined ? {} : { stateVersion }),
  };
}

function notify(call: () => void): void {
  try {
    call();
  } catch (error) {
    reportUncaught(error);
  }
}

function addTo(map: Map<string, Set<Listening>>, key: string, listener: EventListener): Disposable {
  const listeners = map.get(key) ?? new Set();
  map.set(key, listeners);
  const listening = { listener };
  listeners.add(listening);
  return {
    [Symbol.dispose]: () => {
      listeners.delete(listening);
      if (listeners.size === 0 && map.get(key) === listeners) map.delete(key);
    },
  };
}

import type { EventName, EventPayload } from "@openclaw/protocol";

/** Narrows who receives an event, beyond what its contract already says. */
export interface Audience {
  /** Only these connections. */
  readonly connectionIds?: ReadonlySet<string>;
  /** The event was published to everyone as well, so whoever listens by its name has heard it. */
  readonly isCopy?: true;
}

export interface PublishedEvent<E extends EventName = EventName> {
  readonly event: E;
  readonly payload: EventPayload<E>;
  readonly audience: Audience | undefined;
}

/**
 * Carries events from the rooms to whoever listens: the fan-out to sockets, the host's own code. Typed by the
 * protocol's event contracts. Delivery is synchronous and in order; a listener that throws stops nobody.
 */
export class EventBus {
  readonly #byName = new Map<EventName, Set<(payload: never) => void>>();
  readonly #all = new Set<(published: PublishedEvent) => void>();
  readonly #onListenerError: (error: unknown, event: EventName) => void;

  constructor(onListenerError: (error: unknown, event: EventName) => void) {
    this.#onListenerError = onListenerError;
  }

  publish<E extends EventName>(event: E, payload: EventPayload<E>, audience?: Audience): void {
    const listeners = audience?.isCopy ? [] : (this.#byName.get(event) ?? []);
    for (const listener of listeners) this.#deliver(event, () => listener(payload as never));
    for (const listener of this.#all) this.#deliver(event, () => listener({ event, payload, audience }));
  }

  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): Disposable {
    const listeners = this.#byName.get(event) ?? new Set();
    this.#byName.set(event, listeners);
    listeners.add(listener);
    return { [Symbol.dispose]: () => void listeners.delete(listener) };
  }

  onAny(listener: (published: PublishedEvent) => void): Disposable {
    this.#all.add(listener);
    return { [Symbol.dispose]: () => void this.#all.delete(listener) };
  }

  #deliver(event: EventName, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#onListenerError(error, event);
    }
  }
}

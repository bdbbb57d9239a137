import { type Dialect, EVENTS, type EventName, hasScope, type Role, type StateVersion } from "@openclaw/protocol";

import type { Clock, Timer } from "../ports.ts";
import type { Audience, EventBus, PublishedEvent } from "./bus.ts";

/** An event, encoded once for all who get it. */
export interface EncodedEvent {
  readonly name: EventName;
  readonly droppable: boolean;
  /** The JSON of its frame after `{"type":"event",` and, where it is numbered, `"seq":n,`. */
  readonly body: Buffer;
}

/** One connection that was let in. */
export interface Subscriber {
  readonly id: string;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly dialect: Dialect;
  /** `isNumbered`: the frame gets the connection's next `seq`. */
  send(event: EncodedEvent, isNumbered: boolean): void;
}

export interface FanOutDependencies {
  readonly bus: EventBus;
  readonly clock: Clock;
  /** Called for every event that somebody gets; ticks aside. */
  readonly onDelivery: (event: EventName, receivers: number) => void;
  readonly tickIntervalMs: number;
  readonly stateVersion: () => StateVersion;
  /** The payload in a dialect; the same object when it does not differ. */
  readonly toDialect: (dialect: Dialect, event: EventName, payload: unknown) => unknown;
  /** The text of a payload whose encoding is kept ready. */
  readonly encodedPayload: (payload: unknown) => string | undefined;
}

/** Sent by connections themselves, before anyone could subscribe. */
const CHALLENGE: EventName = "connect.challenge";
const EVENT_NAMES = (Object.keys(EVENTS) as EventName[]).filter((name) => name !== CHALLENGE);

/**
 * Brings every published event to the sockets that may see it. Who may is decided once, when a connection is let in;
 * an event nobody may see is not even encoded. Source: R6.11, wire facts 11.
 */
export class FanOut implements Disposable {
  readonly #dependencies: FanOutDependencies;
  readonly #byId = new Map<string, Subscriber>();
  readonly #receivers = new Map<EventName, Set<Subscriber>>(EVENT_NAMES.map((name) => [name, new Set()]));
  readonly #subscription: Disposable;
  readonly #ticks: Timer;

  constructor(dependencies: FanOutDependencies) {
    this.#dependencies = dependencies;
    const { bus, clock, tickIntervalMs } = dependencies;
    this.#subscription = bus.onAny((published) => this.#deliver(published));
    this.#ticks = clock.setInterval(() => bus.publish("tick", { ts: clock.now() }), tickIntervalMs);
  }

  add(subscriber: Subscriber): void {
    this.#byId.set(subscriber.id, subscriber);
    for (const [name, receivers] of this.#receivers) if (hearsBroadcast(subscriber, name)) receivers.add(subscriber);
  }

  remove(id: string): void {
    const subscriber = this.#byId.get(id);
    if (!subscriber) return;
    this.#byId.delete(id);
    for (const receivers of this.#receivers.values()) receivers.delete(subscriber);
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
    this.#ticks.cancel();
  }

  #deliver({ event, payload, audience }: PublishedEvent): void {
    const receivers = audience?.connectionIds ? this.#addressed(event, audience) : this.#receivers.get(event);
    if (!receivers || receivers.size === 0) return;
    if (event !== "tick") this.#dependencies.onDelivery(event, receivers.size);
    let shared: EncodedEvent | undefined;
    for (const subscriber of receivers) {
      const translated = this.#dependencies.toDialect(subscriber.dialect, event, payload);
      // Nearly always the payload itself. The few events that differ, once in the life of a gateway, are encoded for each.
      const frame =
        translated === payload ? (shared ??= this.#encode(event, payload)) : this.#encode(event, translated);
      // What is sent to one node alone is not part of its numbered stream. Source: wire facts 11.3.
      subscriber.send(frame, !(audience?.connectionIds && subscriber.role === "node"));
    }
  }

  /** Those of the audience that may see the event. */
  #addressed(event: EventName, audience: Audience): ReadonlySet<Subscriber> {
    const found = [...(audience.connectionIds ?? [])].map((id) => this.#byId.get(id));
    return new Set(
      found.filter((subscriber) => subscriber !== undefined && mayReceive(subscriber, event)) as Subscriber[],
    );
  }

  #encode(name: EventName, payload: unknown): EncodedEvent {
    const { encodedPayload, stateVersion } = this.#dependencies;
    const text = encodedPayload(payload) ?? JSON.stringify(payload);
    const isState = name === "presence" || name === "health";
    const state = isState ? `,"stateVersion":${JSON.stringify(stateVersion())}` : "";
    const body = Buffer.from(`"event":"${name}","payload":${text}${state}}`);
    return { name, droppable: EVENTS[name].droppable, body };
  }
}

function mayReceive({ role, scopes }: Subscriber, event: EventName): boolean {
  const { roles, scope } = EVENTS[event];
  if (!roles.includes(role)) return false;
  return role === "node" || scope === null || hasScope(scopes, scope);
}

/** Nodes have no scopes: of what needs one they get only what is addressed to them, and health. */
function hearsBroadcast(subscriber: Subscriber, event: EventName): boolean {
  if (!mayReceive(subscriber, event)) return false;
  return subscriber.role === "operator" || EVENTS[event].scope === null || event === "health";
}

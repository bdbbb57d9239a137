import {
  type Dialect,
  EVENTS,
  type EventName,
  hasScope,
  type ResumeOffer,
  type ResumePoint,
  type Role,
  type StateVersion,
} from "@openclaw/protocol";

import type { Clock, Timer } from "../ports.ts";
import type { Audience, EventBus, PublishedEvent } from "./bus.ts";
import type { EncodedEvent, EventFrames } from "./journal.ts";
import { Slab } from "./slab.ts";
import { type Progress, type Stream, type StreamLimits, Streams } from "./streams.ts";

/** The way out of one connection. */
export interface Outlet {
  readonly progress: Progress;
  /** The next numbered event gets the number after this one. */
  continueFrom(seq: number): void;
  /** `isNumbered`: the frame gets the connection's next `seq`. */
  sendEvent(event: EncodedEvent, isNumbered: boolean): void;
}

/** One connection that was let in. */
export interface Subscriber {
  readonly id: string;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly dialect: Dialect;
  /** Who it is, in a form that no other client has: only its owner can take a stream of events up again. */
  readonly owner: string;
  /**
   * Whether it can take its events up again after a lost connection. Not for nodes: what they get is addressed to them
   * and not numbered.
   */
  readonly canResume: boolean;
  readonly resume: ResumePoint | undefined;
  readonly outlet: Outlet;
}

/** How a connection begins: what the hello says about it, and what then makes it live. */
export interface Admission {
  readonly offer: ResumeOffer | undefined;
  /** Sends what was missed. From here on the connection gets events. */
  readonly begin: () => void;
}

export interface FanOutDependencies {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly uuid: () => string;
  /** Called for every event that somebody gets; ticks aside. */
  readonly onDelivery: (event: EventName, receivers: number) => void;
  /** The client of this connection has come back on another one. */
  readonly onReplaced: (connectionId: string) => void;
  readonly limits: StreamLimits;
  readonly tickIntervalMs: number;
  readonly stateVersion: () => StateVersion;
  /** The payload in a dialect; the same object when it does not differ. */
  readonly toDialect: (dialect: Dialect, event: EventName, payload: unknown) => unknown;
  /** The text of a payload whose encoding is kept ready. */
  readonly encodedPayload: (payload: unknown) => string | undefined;
}

interface Receiver extends Subscriber {
  /** Of those that can resume. */
  readonly stream: Stream | undefined;
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
  readonly #streams: Streams;
  readonly #slab = new Slab();
  readonly #byId = new Map<string, Receiver>();
  readonly #idByEpoch = new Map<string, string>();
  readonly #receivers = new Map<EventName, Set<Receiver>>(EVENT_NAMES.map((name) => [name, new Set()]));
  readonly #subscription: Disposable;
  readonly #ticks: Timer;

  constructor(dependencies: FanOutDependencies) {
    this.#dependencies = dependencies;
    const { bus, clock, tickIntervalMs, limits } = dependencies;
    this.#streams = new Streams(limits);
    this.#subscription = bus.onAny((published) => this.#deliver(published));
    this.#ticks = clock.setInterval(() => {
      this.#streams.prune(clock.now());
      bus.publish("tick", { ts: clock.now() });
    }, tickIntervalMs);
  }

  /** `begin` must follow in the same turn: nothing may be published in between. Source: F17, F18. */
  admit(subscriber: Subscriber): Admission {
    const resume = subscriber.canResume ? subscriber.resume : undefined;
    const taken = resume && this.#takeUp(resume, subscriber.owner);
    const stream = taken?.stream ?? (subscriber.canResume ? this.#newStream(subscriber) : undefined);
    const seq = taken && resume ? resume.seq : 0;
    return {
      offer: stream && { epoch: stream.epoch, seq, ...(resume && { recovered: taken !== undefined }) },
      begin: () => {
        subscriber.outlet.continueFrom(seq);
        for (const event of taken?.missed ?? []) subscriber.outlet.sendEvent(event, true);
        this.#add({ ...subscriber, stream });
      },
    };
  }

  remove(id: string): void {
    const receiver = this.#byId.get(id);
    if (!receiver) return;
    this.#byId.delete(id);
    for (const receivers of this.#receivers.values()) receivers.delete(receiver);
    const { stream, outlet } = receiver;
    if (!stream) return;
    this.#idByEpoch.delete(stream.epoch);
    this.#streams.left(id, stream, outlet.progress, this.#dependencies.clock.now());
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
    this.#ticks.cancel();
  }

  #add(receiver: Receiver): void {
    const { id, stream } = receiver;
    this.#byId.set(id, receiver);
    for (const [name, receivers] of this.#receivers) if (hearsBroadcast(receiver, name)) receivers.add(receiver);
    if (!stream) return;
    this.#idByEpoch.set(stream.epoch, id);
    this.#streams.arrived();
  }

  #takeUp(resume: ResumePoint, owner: string) {
    // A lost connection that this side still takes for live.
    const id = this.#idByEpoch.get(resume.epoch);
    const old = id === undefined ? undefined : this.#byId.get(id);
    if (old?.owner === owner) {
      this.remove(old.id);
      this.#dependencies.onReplaced(old.id);
    }
    return this.#streams.takeUp(resume, owner, this.#dependencies.clock.now());
  }

  #newStream({ owner, role, scopes, dialect }: Subscriber): Stream {
    const hears = (event: EventName): boolean => hearsBroadcast({ role, scopes }, event);
    return { epoch: this.#dependencies.uuid(), owner, dialect, hears };
  }

  #deliver({ event, payload, audience }: PublishedEvent): void {
    const { onDelivery, clock } = this.#dependencies;
    const receivers = audience?.connectionIds ? this.#addressed(event, audience) : this.#receivers.get(event);
    if (!receivers) return;
    const away = audience?.connectionIds ? this.#addressedAway(event, audience) : undefined;
    if (receivers.size === 0 && !(away ? away.length > 0 : this.#streams.isAwaited(event))) return;
    if (event !== "tick" && receivers.size > 0) onDelivery(event, receivers.size);
    const frames = this.#encodeAll(event, payload);
    this.#streams.record(frames, away && numberedFor(receivers, away), clock.now());
    // What is sent to one node alone is not part of its numbered stream. Source: wire facts 11.3.
    for (const receiver of receivers)
      receiver.outlet.sendEvent(frames[receiver.dialect], !(away && receiver.role === "node"));
  }

  /** Those of the audience that may see the event. */
  #addressed(event: EventName, { connectionIds }: Audience): ReadonlySet<Receiver> {
    const found = [...(connectionIds ?? [])].map((id) => this.#byId.get(id));
    return new Set(found.filter((receiver) => receiver !== undefined && mayReceive(receiver, event)) as Receiver[]);
  }

  /** The same of those who may come back. */
  #addressedAway(event: EventName, { connectionIds }: Audience): readonly Stream[] {
    const found = [...(connectionIds ?? [])].map((id) => this.#streams.awayFrom(id));
    return found.filter((stream) => stream?.hears(event)) as Stream[];
  }

  /** Nearly always one encoding for both. The few events that differ are those of a gateway's last moments. */
  #encodeAll(event: EventName, payload: unknown): EventFrames {
    const { toDialect } = this.#dependencies;
    const [older, newer] = [toDialect(3, event, payload), toDialect(4, event, payload)];
    const encoded = this.#encode(event, newer);
    return { 3: older === newer ? encoded : this.#encode(event, older), 4: encoded };
  }

  #encode(name: EventName, payload: unknown): EncodedEvent {
    const { encodedPayload, stateVersion } = this.#dependencies;
    const text = encodedPayload(payload) ?? JSON.stringify(payload);
    const isState = name === "presence" || name === "health";
    const state = isState ? `,"stateVersion":${JSON.stringify(stateVersion())}` : "";
    const json = `"event":"${name}","payload":${text}${state}}`;
    const body = this.#streams.isKeeping ? this.#slab.encode(json) : Buffer.from(json);
    return { name, droppable: EVENTS[name].droppable, body };
  }
}

/** Whose numbered stream an addressed event belongs to. */
function numberedFor(receivers: ReadonlySet<Receiver>, away: readonly Stream[]): ReadonlySet<Stream> {
  const present = [...receivers].filter(({ role }) => role !== "node").map(({ stream }) => stream);
  return new Set([...present.filter((stream) => stream !== undefined), ...away]);
}

type Rights = Pick<Subscriber, "role" | "scopes">;

function mayReceive({ role, scopes }: Rights, event: EventName): boolean {
  const { roles, scope } = EVENTS[event];
  if (!roles.includes(role)) return false;
  return role === "node" || scope === null || hasScope(scopes, scope);
}

/** Nodes have no scopes: of what needs one they get only what is addressed to them, and health. */
function hearsBroadcast(rights: Rights, event: EventName): boolean {
  if (!mayReceive(rights, event)) return false;
  return rights.role === "operator" || EVENTS[event].scope === null || event === "health";
}

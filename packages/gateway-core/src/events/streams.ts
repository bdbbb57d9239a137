import { type Dialect, EVENTS, type EventName, type ResumePoint } from "@openclaw/protocol";

import {
  type EncodedEvent,
  EventJournal,
  type EventFrames,
  type JournalAudience,
  type JournalLimits,
} from "./journal.ts";

/** How far one connection came with its numbered events. */
export interface Progress {
  /** The number of the last event. */
  readonly seq: number;
  /** From this number on no event was held back, so numbers can be told from the order of publishing. */
  readonly exactFrom: number;
}

/** The numbered events of one client, across its connections. */
export interface Stream {
  readonly epoch: string;
  /** Whose it is; nobody else may have it. */
  readonly owner: string;
  readonly dialect: Dialect;
  readonly hears: (event: EventName) => boolean;
}

export interface StreamLimits extends JournalLimits {
  /** Clients that are away and may come back. */
  readonly maxAway: number;
  /** The most that is sent again to one client, in bytes. */
  readonly maxReplayBytes: number;
}

export const STREAM_LIMITS: StreamLimits = {
  maxEvents: 4_096,
  maxBytes: 8_388_608,
  maxAgeMs: 120_000,
  maxAway: 2_048,
  maxReplayBytes: 4_194_304,
};

interface Away extends Progress {
  readonly stream: Stream;
  /** The head of the journal when the connection was lost. */
  readonly position: number;
  readonly at: number;
}

/**
 * Remembers what clients missed while they were away. Nothing is kept per client and event: the number of an event is
 * worked out when somebody comes back, by counting the events of the journal that this client hears, backwards from
 * the last one it was given.
 */
export class Streams {
  readonly #limits: StreamLimits;
  readonly #journal: EventJournal;
  /** By the id of the connection that was lost, those who left first at the beginning. */
  readonly #away = new Map<string, Away>();
  readonly #idByEpoch = new Map<string, string>();
  #present = 0;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
    this.#journal = new EventJournal(limits);
  }

  /** True while there is anyone to keep events for. */
  get isKeeping(): boolean {
    return this.#present > 0 || this.#away.size > 0;
  }

  /** A client that may come back has connected. */
  arrived(): void {
    this.#present += 1;
  }

  /** Its connection is gone, and with it everything past `progress`. */
  left(connectionId: string, stream: Stream, progress: Progress, now: number): void {
    this.#present -= 1;
    this.#away.set(connectionId, { stream, position: this.#journal.head, at: now, ...progress });
    this.#idByEpoch.set(stream.epoch, connectionId);
    this.prune(now);
  }

  /** The stream of a client that is away, by the connection it lost. */
  awayFrom(connectionId: string): Stream | undefined {
    return this.#away.get(connectionId)?.stream;
  }

  /** True when somebody who is away would have got such an event. */
  isAwaited(event: EventName): boolean {
    for (const { stream } of this.#away.values()) if (stream.hears(event)) return true;
    return false;
  }

  record(frames: EventFrames, audience: JournalAudience, now: number): void {
    if (this.isKeeping) this.#journal.record(frames, audience, now);
  }

  /**
   * What its owner missed since the event with that number, oldest first; undefined when that is not known any more,
   * or is too much. The stream is no longer away afterwards, unless it was not found.
   */
  takeUp({ epoch, seq }: ResumePoint, owner: string, now: number): TakenUp | undefined {
    this.prune(now);
    const id = this.#idByEpoch.get(epoch) ?? "";
    const away = this.#away.get(id);
    if (away?.stream.owner !== owner) return undefined;
    this.#forget(id);
    const missed = this.#missedSince(away, seq);
    return missed && { stream: away.stream, missed };
  }

  /** Forgets clients that have been away too long, and everything when there is nobody left to keep it for. */
  prune(now: number): void {
    for (const [id, { at }] of this.#away) {
      if (this.#away.size <= this.#limits.maxAway && now - at <= this.#limits.maxAgeMs) break;
      this.#forget(id);
    }
    this.#journal.prune(now);
    if (!this.isKeeping) this.#journal.clear();
  }

  #forget(id: string): void {
    const away = this.#away.get(id);
    this.#away.delete(id);
    if (away) this.#idByEpoch.delete(away.stream.epoch);
  }

  #missedSince({ stream, position, seq: lastSeq, exactFrom }: Away, seq: number): EncodedEvent[] | undefined {
    const journal = this.#journal;
    if (seq < exactFrom || seq > lastSeq || journal.tail > position + 1) return undefined;
    const found: EncodedEvent[] = [];
    let bytes = 0;
    const isTooMuch = (at: number, name: EventName): boolean => {
      const body = journal.body(at, stream.dialect);
      if (!body) return true;
      found.push({ name, droppable: EVENTS[name].droppable, body });
      bytes += body.length;
      return bytes > this.#limits.maxReplayBytes;
    };
    // Sent on the lost connection and maybe not received.
    let before = position;
    for (let left = lastSeq - seq; left > 0; before -= 1) {
      const entry = journal.describe(before);
      if (!entry) return undefined;
      if (!concerns(entry, stream)) continue;
      if (isTooMuch(before, entry.name)) return undefined;
      left -= 1;
    }
    found.reverse();
    // Published while the client was away.
    for (let next = position + 1; next <= journal.head; next += 1) {
      const entry = journal.describe(next);
      if (entry && concerns(entry, stream) && isTooMuch(next, entry.name)) return undefined;
    }
    return found;
  }
}

export interface TakenUp {
  readonly stream: Stream;
  readonly missed: readonly EncodedEvent[];
}

function concerns(
  { name, audience }: { readonly name: EventName; readonly audience: JournalAudience },
  stream: Stream,
): boolean {
  return audience ? audience.has(stream) : stream.hears(name);
}

import type { Dialect, EventName } from "@openclaw/protocol";

/** An event, encoded once for all who get it. */
export interface EncodedEvent {
  readonly name: EventName;
  readonly droppable: boolean;
  /** The JSON of its frame after `{"type":"event",` and, where it is numbered, `"seq":n,`. */
  readonly body: Buffer;
}

/** An event in each dialect; nearly always the same object. */
export type EventFrames = Readonly<Record<Dialect, EncodedEvent>>;

/** What is kept for clients that come back: all of it together, however many clients there are. */
export interface JournalLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

/** Those an event was for; without it, everyone who hears events of that name. */
export type JournalAudience = ReadonlySet<object> | undefined;

/**
 * The latest numbered events, each once, with positions 1, 2, 3 … in the order they were published. The oldest go when
 * there are too many, when they are too big together, or when they are too old.
 *
 * It keeps no object of its own for an event, only places in columns: with an object for each, moving them out of the
 * young generation would cost more than sending them.
 */
export class EventJournal {
  readonly #limits: JournalLimits;
  #columns: Columns | undefined;
  #head = 0;
  #tail = 1;
  #bytes = 0;

  constructor(limits: JournalLimits) {
    this.#limits = limits;
  }

  /** The position of the newest entry; 0 before the first. */
  get head(): number {
    return this.#head;
  }

  /** The position of the oldest entry that is kept; after the head when none is. */
  get tail(): number {
    return this.#tail;
  }

  get bytes(): number {
    return this.#bytes;
  }

  record(frames: EventFrames, audience: JournalAudience, now: number): void {
    const { maxEvents, maxBytes } = this.#limits;
    const columns = (this.#columns ??= makeColumns(maxEvents));
    if (this.#head - this.#tail + 1 >= maxEvents) this.#drop();
    this.#head += 1;
    const place = this.#head % maxEvents;
    const { name, body } = frames[4];
    columns.name[place] = name;
    columns.memory[place] = body.buffer;
    columns.start[place] = body.byteOffset;
    columns.length[place] = body.length;
    columns.at[place] = now;
    columns.audience[place] = audience;
    columns.older[place] = frames[3] === frames[4] ? undefined : frames[3].body;
    this.#bytes += body.length + (columns.older[place]?.length ?? 0);
    while (this.#bytes > maxBytes) this.#drop();
    this.prune(now);
  }

  /** Forgets what is too old. */
  prune(now: number): void {
    const { maxAgeMs, maxEvents } = this.#limits;
    while (this.#tail <= this.#head) {
      const at = this.#columns?.at[this.#tail % maxEvents] ?? 0;
      if (now - at <= maxAgeMs) return;
      this.#drop();
    }
  }

  /** Forgets everything; positions go on. */
  clear(): void {
    while (this.#tail <= this.#head) this.#drop();
    this.#columns = undefined;
  }

  /** What kind of event it was and whom it was for; undefined when it is not kept. */
  describe(position: number): { readonly name: EventName; readonly audience: JournalAudience } | undefined {
    const place = this.#placeOf(position);
    const name = place === undefined ? undefined : this.#columns?.name[place];
    return name === undefined || place === undefined ? undefined : { name, audience: this.#columns?.audience[place] };
  }

  /** The body of the frame; undefined when it is not kept. */
  body(position: number, dialect: Dialect): Buffer | undefined {
    const place = this.#placeOf(position);
    const memory = place === undefined ? undefined : this.#columns?.memory[place];
    if (!memory || place === undefined) return undefined;
    const older = dialect === 3 ? this.#columns?.older[place] : undefined;
    return older ?? Buffer.from(memory, this.#columns?.start[place], this.#columns?.length[place]);
  }

  #placeOf(position: number): number | undefined {
    return position < this.#tail || position > this.#head ? undefined : position % this.#limits.maxEvents;
  }

  #drop(): void {
    const columns = this.#columns;
    if (!columns) return;
    const place = this.#tail % this.#limits.maxEvents;
    this.#bytes -= (columns.length[place] ?? 0) + (columns.older[place]?.length ?? 0);
    columns.memory[place] = undefined;
    columns.audience[place] = undefined;
    columns.older[place] = undefined;
    this.#tail += 1;
  }
}

/** One column for each thing that is known of an entry; its place is its position modulo their length. */
interface Columns {
  readonly at: Float64Array;
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  readonly name: (EventName | undefined)[];
  readonly memory: (ArrayBufferLike | undefined)[];
  readonly audience: JournalAudience[];
  /** The body in protocol 3, where it differs. */
  readonly older: (Buffer | undefined)[];
}

function makeColumns(length: number): Columns {
  return {
    at: new Float64Array(length),
    start: new Uint32Array(length),
    length: new Uint32Array(length),
    name: Array.from({ length }, () => undefined),
    memory: Array.from({ length }, () => undefined),
    audience: Array.from({ length }, () => undefined),
    older: Array.from({ length }, () => undefined),
  };
}

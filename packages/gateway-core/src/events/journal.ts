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

export interface JournalEntry {
  readonly at: number;
  readonly name: EventName;
  readonly frames: EventFrames;
  /** Those it was for; without it, everyone who hears events of that name. */
  readonly audience: ReadonlySet<object> | undefined;
}

/**
 * The latest numbered events, each once, with positions 1, 2, 3 … in the order they were published. The oldest go when
 * there are too many, when they are too big together, or when they are too old.
 */
export class EventJournal {
  readonly #limits: JournalLimits;
  #entries: JournalEntry[] = [];
  /** How many at the beginning of the array are gone. */
  #gone = 0;
  /** The position of the array's first element. */
  #base = 1;
  #bytes = 0;

  constructor(limits: JournalLimits) {
    this.#limits = limits;
  }

  /** The position of the newest entry; 0 before the first. */
  get head(): number {
    return this.#base + this.#entries.length - 1;
  }

  /** The position of the oldest entry that is kept; after the head when none is. */
  get tail(): number {
    return this.#base + this.#gone;
  }

  get bytes(): number {
    return this.#bytes;
  }

  record(entry: JournalEntry): void {
    this.#entries.push(entry);
    this.#bytes += sizeOf(entry);
    const { maxEvents, maxBytes } = this.#limits;
    while (this.head - this.tail >= maxEvents || this.#bytes > maxBytes) this.#drop();
    this.prune(entry.at);
  }

  /** Forgets what is too old. */
  prune(now: number): void {
    for (let oldest = this.at(this.tail); oldest; oldest = this.at(this.tail)) {
      if (now - oldest.at <= this.#limits.maxAgeMs) return;
      this.#drop();
    }
  }

  /** Forgets everything; positions go on. */
  clear(): void {
    while (this.tail <= this.head) this.#drop();
  }

  at(position: number): JournalEntry | undefined {
    return position < this.tail ? undefined : this.#entries[position - this.#base];
  }

  #drop(): void {
    const entry = this.#entries[this.#gone];
    if (!entry) return;
    this.#bytes -= sizeOf(entry);
    this.#gone += 1;
    if (this.#gone * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#gone);
    this.#base += this.#gone;
    this.#gone = 0;
  }
}

function sizeOf({ frames }: JournalEntry): number {
  return frames[4].body.length + (frames[3] === frames[4] ? 0 : frames[3].body.length);
}

/** Events that were sent to this connection and did not arrive. */
export interface MissedEvents {
  /** The number that should have come. */
  readonly expected: number;
  /** The number that came. */
  readonly received: number;
}

/** Follows the numbers of one connection's events. Source: R5.11. */
export class Sequence {
  #expected: number | undefined;

  /** `first` is the number that the first event must have; undefined takes whatever comes first (protocol 3). */
  constructor(first: number | undefined) {
    this.#expected = first;
  }

  /** The number of the last event; undefined when it is not known. */
  get last(): number | undefined {
    return this.#expected === undefined ? undefined : this.#expected - 1;
  }

  observe(seq: number): MissedEvents | undefined {
    const expected = this.#expected;
    if (expected !== undefined && seq < expected) return undefined;
    this.#expected = seq + 1;
    return expected !== undefined && seq > expected ? { expected, received: seq } : undefined;
  }
}

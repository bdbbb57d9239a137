/** How much somebody may ask for: so much at once, and then so much over time. Times in milliseconds. */
export class Allowance {
  readonly #most: number;
  readonly #perMs: number;
  #left: number;
  #at: number;

  constructor(most: number, windowMs: number, now: number) {
    this.#most = most;
    this.#perMs = most / windowMs;
    this.#left = most;
    this.#at = now;
  }

  /** Takes one; answers 0, or how long to wait when nothing is left. */
  take(now: number): number {
    this.#left = Math.min(this.#most, this.#left + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#left >= 1) {
      this.#left -= 1;
      return 0;
    }
    return Math.ceil((1 - this.#left) / this.#perMs);
  }
}

const MINUTE_MS = 60_000;
const MAX_NODES = 1_024;

/** What a node may cause: lines that it leaves for sessions, and turns that it begins. */
export interface NodeAllowance {
  readonly notes: Allowance;
  readonly turns: Allowance;
}

/** The allowances of nodes. Connecting again does not renew one. */
export class NodeAllowances {
  readonly #byNode = new Map<string, NodeAllowance>();

  of(nodeId: string, now: number): NodeAllowance {
    const allowance = this.#byNode.get(nodeId) ?? {
      notes: new Allowance(60, MINUTE_MS, now),
      turns: new Allowance(12, MINUTE_MS, now),
    };
    // The last one is the one of the node that connected last.
    this.#byNode.delete(nodeId);
    this.#byNode.set(nodeId, allowance);
    const oldest = this.#byNode.keys().next().value;
    if (this.#byNode.size > MAX_NODES && oldest !== undefined) this.#byNode.delete(oldest);
    return allowance;
  }
}

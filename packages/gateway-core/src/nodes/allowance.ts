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

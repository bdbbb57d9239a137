import type { Clock, LogFields, Logger } from "../../ports.ts";

const WINDOW_MS = 1_000;
/** More than people and their tools cause; a program that calls in a loop reaches it. */
const LINES_PER_WINDOW = 100;
/** Kinds that the closing line tells apart. */
const MOST_KINDS = 20;

/**
 * Debug lines for what may happen thousands of times a second: up to a hundred a second are written one by one, and
 * what is beyond is counted and told in one line, so that the log stays readable and costs next to nothing.
 */
export class LineBudget {
  readonly #clock: Pick<Clock, "now" | "setTimeout">;
  readonly #log: Pick<Logger, "debug">;
  #windowEnds = 0;
  #written = 0;
  #skipped = new Map<string, number>();

  constructor(clock: Pick<Clock, "now" | "setTimeout">, log: Pick<Logger, "debug">) {
    this.#clock = clock;
    this.#log = log;
  }

  /** `kind` is what the line is counted under when it is not written. */
  debug(message: string, kind: string, fields: () => LogFields): void {
    const now = this.#clock.now();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + WINDOW_MS;
      this.#written = 0;
    }
    if (this.#written < LINES_PER_WINDOW) {
      this.#written += 1;
      this.#log.debug(message, fields());
      return;
    }
    if (this.#skipped.size === 0) this.#clock.setTimeout(() => this.#tellSkipped(message), this.#windowEnds - now);
    const name = this.#skipped.has(kind) || this.#skipped.size < MOST_KINDS ? kind : "others";
    this.#skipped.set(name, (this.#skipped.get(name) ?? 0) + 1);
  }

  #tellSkipped(message: string): void {
    const skipped = Object.fromEntries(this.#skipped);
    this.#skipped = new Map();
    this.#log.debug(`${message}: more than ${LINES_PER_WINDOW} in a second; the others are counted`, { skipped });
  }
}

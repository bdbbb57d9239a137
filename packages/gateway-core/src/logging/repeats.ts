import type { Clock, LogLevel, Timer } from "../ports.ts";

const WINDOW_MS = 60_000;
const MOST_KEYS = 500;

/** A kind of line that may come again and again. */
export interface Repeatable {
  readonly level: LogLevel;
  readonly subsystem: string;
  readonly message: string;
  /** Tells apart lines whose message is the same: the error's name and text, for example. */
  readonly distinction: string;
}

interface Counter {
  readonly line: Repeatable;
  readonly timer: Timer;
  repeats: number;
}

/**
 * Lets the first of identical warnings and errors through and counts the others; once a minute the count is told in
 * one line, and again as long as they keep coming (F37). Bounded: past 500 kinds the oldest is told and forgotten.
 */
export class RepeatFilter implements Disposable {
  readonly #clock: Pick<Clock, "setTimeout">;
  readonly #tell: (line: Repeatable, repeats: number) => void;
  readonly #counters = new Map<string, Counter>();

  constructor(clock: Pick<Clock, "setTimeout">, tell: (line: Repeatable, repeats: number) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** True when the line is to be written now. */
  admit(line: Repeatable): boolean {
    const key = `${line.level}\n${line.subsystem}\n${line.message}\n${line.distinction}`;
    const counter = this.#counters.get(key);
    if (counter !== undefined) {
      counter.repeats += 1;
      return false;
    }
    this.#makeRoom();
    this.#start(key, line);
    return true;
  }

  [Symbol.dispose](): void {
    for (const key of this.#counters.keys()) this.#finish(key);
  }

  #start(key: string, line: Repeatable): void {
    const timer = this.#clock.setTimeout(() => {
      if (this.#finish(key) > 0) this.#start(key, line);
    }, WINDOW_MS);
    this.#counters.set(key, { line, timer, repeats: 0 });
  }

  /** Tells what was counted and forgets the line. Answers how often it was repeated. */
  #finish(key: string): number {
    const counter = this.#counters.get(key);
    if (counter === undefined) return 0;
    this.#counters.delete(key);
    counter.timer.cancel();
    if (counter.repeats > 0) this.#tell(counter.line, counter.repeats);
    return counter.repeats;
  }

  #makeRoom(): void {
    if (this.#counters.size < MOST_KEYS) return;
    for (const oldest of this.#counters.keys()) {
      this.#finish(oldest);
      return;
    }
  }
}

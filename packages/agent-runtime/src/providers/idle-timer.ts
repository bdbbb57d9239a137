import type { Clock, Timer } from "@openclaw/gateway-core/ports";

/** Aborts its signal when nothing was heard for a while. Every `touch` begins the wait anew. */
export class IdleTimer implements Disposable {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #controller = new AbortController();
  #timer: Timer;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  touch(): void {
    this.#timer.cancel();
    this.#timer = this.#start();
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
  }

  #start(): Timer {
    return this.#clock.setTimeout(() => this.#controller.abort(), this.#limitMs);
  }
}

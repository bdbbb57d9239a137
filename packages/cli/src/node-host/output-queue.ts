import type { Output } from "../output.ts";

/** What is still to be printed; more than this is not kept. */
const MAX_WAITING = 256;

/** Output that comes when it comes, read in order by whoever prints it. */
export class OutputQueue {
  readonly #waiting: Output[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  push(output: Output): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(output);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *read(): AsyncGenerator<Output> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next) yield next;
      else if (this.#ended) return;
      else await this.#next();
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

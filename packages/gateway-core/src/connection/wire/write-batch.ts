import type { Writable } from "node:stream";

/**
 * Holds back what is written to sockets until the current piece of work is over, so that several frames for one
 * socket leave in one system call.
 */
export class WriteBatch {
  #streams: Writable[] = [];
  #number = 1;

  /** Counts batches. A stream needs to be added to each batch once. */
  get number(): number {
    return this.#number;
  }

  /** Corks the stream until the current microtasks are done. */
  add(stream: Writable): void {
    stream.cork();
    if (this.#streams.push(stream) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const streams = this.#streams;
    this.#streams = [];
    this.#number += 1;
    for (const stream of streams) stream.uncork();
  }
}

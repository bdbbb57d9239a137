import type { Writable } from "node:stream";

/** Joins what is written to one socket during one piece of work: it leaves in one system call when the work is over. */
export class WriteBatch {
  #held: Writable[] = [];
  #number = 1;
  #isOpen = false;

  /** Names the current piece of work; it changes when that is over. */
  get number(): number {
    if (!this.#isOpen) {
      this.#isOpen = true;
      queueMicrotask(() => this.#end());
    }
    return this.#number;
  }

  /** Corks the stream until the current microtasks are done. Once per stream and piece of work. */
  hold(stream: Writable): void {
    stream.cork();
    this.#held.push(stream);
  }

  #end(): void {
    const held = this.#held;
    this.#held = [];
    this.#number += 1;
    this.#isOpen = false;
    for (const stream of held) stream.uncork();
  }
}

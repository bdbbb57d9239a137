import type { WebSocket } from "ws";

const DELIVERY_TIMEOUT_MS = 30_000;
/** A load generator reads no further into a frame. */
const LOOKED_AT_BYTES = 64;

/** Counts messages on many sockets. Everything that reaches a socket counts, so the load must be all there is. */
export class Deliveries implements Disposable {
  readonly #sockets: readonly WebSocket[];
  readonly #mark: Buffer;
  #received = 0;
  #wanted = Number.POSITIVE_INFINITY;
  #done: (() => void) | undefined;
  readonly #count = (data: Buffer) => {
    if (!data.subarray(0, LOOKED_AT_BYTES).includes(this.#mark)) return;
    this.#received += 1;
    if (this.#received >= this.#wanted) this.#done?.();
  };

  /** Counts messages that hold `mark` near their beginning. */
  constructor(sockets: readonly WebSocket[], mark: string) {
    this.#sockets = sockets;
    this.#mark = Buffer.from(mark);
    for (const socket of sockets) socket.on("message", this.#count);
  }

  /** Resolves when so many more have come than at the time of the call. */
  async expect(count: number, cause: () => Promise<unknown>): Promise<void> {
    this.#received = 0;
    this.#wanted = count;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const arrived = new Promise<void>((resolve, reject) => {
      this.#done = resolve;
      timer = setTimeout(
        () => reject(new Error(`Only ${this.#received} of ${count} messages arrived.`)),
        DELIVERY_TIMEOUT_MS,
      );
    });
    try {
      await Promise.all([arrived, cause()]);
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.off("message", this.#count);
  }
}

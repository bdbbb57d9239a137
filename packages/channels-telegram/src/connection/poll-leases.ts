/** The right to poll a bot: held by one at a time, passed on in the order of asking. */
export class PollLeases {
  readonly #queues = new Map<string, Promise<void>>();

  /** True while someone holds, or waits for, this bot's lease. */
  isTaken(botId: string): boolean {
    return this.#queues.has(botId);
  }

  /** Waits for the lease. Dispose it to pass it on. Rejects with the signal's reason when it aborts first. */
  async acquire(botId: string, signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    const before = this.#queues.get(botId) ?? Promise.resolve();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const queue = before.then(() => released);
    this.#queues.set(botId, queue);
    void queue.then(() => {
      if (this.#queues.get(botId) === queue) this.#queues.delete(botId);
    });
    try {
      await abortable(before, signal);
    } catch (error) {
      release();
      throw error;
    }
    return { [Symbol.dispose]: release };
  }
}

function abortable(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
  });
}

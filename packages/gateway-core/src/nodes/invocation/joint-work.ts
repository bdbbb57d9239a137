interface Run {
  readonly promise: Promise<unknown>;
  readonly body: string;
  readonly stop: AbortController;
  waiting: number;
}

/** Work that several may wait for: it is done once, and ends when the last of them has left. */
export class JointWork {
  readonly #runs = new Map<string, Run>();

  /**
   * Waits for the work of a key, beginning it when it is not under way. Undefined when the key's work is another one,
   * by its body. The promise rejects with the signal's reason when it aborts.
   */
  join<T>(
    key: string,
    body: string,
    signal: AbortSignal,
    begin: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> | undefined {
    let run = this.#runs.get(key);
    if (run && run.body !== body) return undefined;
    if (!run) {
      const stop = new AbortController();
      const promise = begin(stop.signal).finally(() => this.#runs.delete(key));
      // Whoever waits hears of its failure; when nobody does any more, it is nobody's.
      promise.catch(() => {});
      run = { promise, body, stop, waiting: 0 };
      this.#runs.set(key, run);
    }
    return waitFor(run, signal) as Promise<T>;
  }
}

function waitFor(run: Run, signal: AbortSignal): Promise<unknown> {
  run.waiting += 1;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      run.waiting -= 1;
      const reason: unknown = signal.reason;
      if (run.waiting === 0) run.stop.abort(reason);
      reject(reason instanceof Error ? reason : new Error("The caller is gone."));
    };
    if (signal.aborted) return leave();
    signal.addEventListener("abort", leave, { once: true });
    run.promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

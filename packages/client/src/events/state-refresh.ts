/** The least time between two fetches, in milliseconds. */
const REFRESH_INTERVAL_MS = 1000;

/** Fetches the state again when events were missed: one fetch at a time, and one more for whatever came meanwhile. */
export class StateRefresh implements Disposable {
  readonly #fetch: () => Promise<void>;
  #wanted = false;
  #running = false;
  #disposed = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** `fetch` must not reject. */
  constructor(fetch: () => Promise<void>) {
    this.#fetch = fetch;
  }

  request(): void {
    this.#wanted = true;
    if (!this.#running && !this.#disposed) void this.#run();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#pause);
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#wanted = false;
    await this.#fetch();
    if (this.#disposed) return;
    this.#pause = setTimeout(() => {
      this.#running = false;
      if (this.#wanted) this.request();
    }, REFRESH_INTERVAL_MS);
  }
}

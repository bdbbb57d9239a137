/** A first-in, first-out buffer that drops its oldest entries rather than grow beyond its bounds. */
export class BoundedBuffer<T> {
  readonly #maximumItems: number;
  readonly #maximumSize: number;
  #entries: { readonly item: T; readonly size: number }[] = [];
  #head = 0;
  #size = 0;
  #dropped = 0;

  constructor(maximumItems: number, maximumSize: number) {
    this.#maximumItems = maximumItems;
    this.#maximumSize = maximumSize;
  }

  get length(): number {
    return this.#entries.length - this.#head;
  }

  push(item: T, size: number): void {
    this.#entries.push({ item, size });
    this.#size += size;
    // The newest entry stays whatever its size: a reader that gets nothing at all would be stuck.
    while (this.length > this.#maximumItems || (this.#size > this.#maximumSize && this.length > 1)) {
      this.shift();
      this.#dropped += 1;
    }
  }

  shift(): { readonly item: T } | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#head += 1;
    this.#size -= entry.size;
    if (this.#head * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** How many entries were dropped since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  clear(): void {
    this.#entries = [];
    this.#head = 0;
    this.#size = 0;
  }
}

export interface EventQueueOptions<T> {
  readonly maximumItems: number;
  /** The sum of the sizes given to `push`. */
  readonly maximumSize: number;
  /** Makes the item that tells the reader of dropped ones; without it the reader is not told. */
  readonly overflow?: (dropped: number) => T;
  /** Called once, when the reader stops or the queue ends. */
  readonly finished: (queue: EventQueue<T>) => void;
  /** Ends the iteration, without an error. */
  readonly signal: AbortSignal | undefined;
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** Items that come on their own, read one by one. Reading starts with what is pushed after the construction. */
export class EventQueue<T> implements AsyncIterableIterator<T, undefined> {
  readonly #options: EventQueueOptions<T>;
  readonly #buffer: BoundedBuffer<T>;
  readonly #waiters: Waiter<T>[] = [];
  readonly #abort = () => void this.return();
  #error: Error | undefined;
  #finished = false;

  constructor(options: EventQueueOptions<T>) {
    this.#options = options;
    this.#buffer = new BoundedBuffer(options.maximumItems, options.maximumSize);
    if (options.signal?.aborted) this.end(undefined);
    else options.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** True once nothing more can be pushed. */
  get finished(): boolean {
    return this.#finished;
  }

  push(item: T, size: number): void {
    if (this.#finished) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#buffer.push(item, size);
    else waiter.resolve({ done: false, value: item });
  }

  /** No more items. What is buffered is still read, then the error is thrown once, or the iteration ends. */
  end(error: Error | undefined): void {
    if (this.#finished) return;
    this.#finish();
    this.#error = error;
    for (const waiter of this.#waiters.splice(0)) this.#conclude(waiter);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      const entry = this.#overflow() ?? this.#buffer.shift();
      if (entry !== undefined) resolve({ done: false, value: entry.item });
      else if (this.#finished) this.#conclude({ resolve, reject });
      else this.#waiters.push({ resolve, reject });
    });
  }

  /** The reader stops: the buffer goes, and every read that waits ends. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#buffer.clear();
    this.end(undefined);
    this.#error = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #overflow(): { readonly item: T } | undefined {
    const dropped = this.#buffer.takeDropped();
    const notice = this.#options.overflow;
    return dropped === 0 || notice === undefined ? undefined : { item: notice(dropped) };
  }

  #conclude({ resolve, reject }: Waiter<T>): void {
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) resolve({ done: true, value: undefined });
    else reject(error);
  }

  #finish(): void {
    this.#finished = true;
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#options.finished(this);
  }
}

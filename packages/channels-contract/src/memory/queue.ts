import type { RecordedEvent } from "../channel.ts";
import { ChannelError } from "../errors.ts";

/** What the platform holds for one account until the account has acknowledged it. */
export class PendingEvents {
  readonly #limit: number;
  readonly #events = new Map<string, RecordedEvent>();
  readonly #arrivals = new Set<() => void>();
  readonly #acknowledgements = new Map<string, (() => void)[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#events.size;
  }

  /** Adds an event. Throws ChannelError UNAVAILABLE when the account has left too many unacknowledged. */
  add(event: RecordedEvent): void {
    if (this.#events.size >= this.#limit && !this.#events.has(event.eventId)) {
      throw new ChannelError(
        "UNAVAILABLE",
        `The memory platform holds ${this.#limit} unacknowledged events; start the channel, or raise maxPending.`,
      );
    }
    this.#events.set(event.eventId, event);
    this.wake();
  }

  /** The oldest unacknowledged events. */
  peek(limit: number): RecordedEvent[] {
    return [...this.#events.values()].slice(0, limit);
  }

  /** Resolves when something may have changed. Rejects with the signal's reason when it aborts first. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const wake = (): void => {
        this.#arrivals.delete(wake);
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const abort = (): void => {
        this.#arrivals.delete(wake);
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#arrivals.add(wake);
    });
  }

  wake(): void {
    for (const wake of this.#arrivals) wake();
  }

  acknowledge(eventIds: readonly string[]): void {
    for (const eventId of eventIds) {
      this.#events.delete(eventId);
      for (const resolve of this.#acknowledgements.get(eventId) ?? []) resolve();
      this.#acknowledgements.delete(eventId);
    }
  }

  isPending(eventId: string): boolean {
    return this.#events.has(eventId);
  }

  /** Resolves once the event is acknowledged; at once when it is not pending. */
  acknowledged(eventId: string): Promise<void> {
    if (!this.#events.has(eventId)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#acknowledgements.get(eventId) ?? [];
      waiting.push(resolve);
      this.#acknowledgements.set(eventId, waiting);
    });
  }
}

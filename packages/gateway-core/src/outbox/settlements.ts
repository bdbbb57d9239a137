import type { Clock } from "../ports.ts";
import type { OutboxRow } from "./outbox-table.ts";

/** Those who wait until a row is settled. */
export class Settlements {
  readonly #clock: Clock;
  readonly #read: (id: string) => Promise<OutboxRow | undefined>;
  readonly #waiters = new Map<string, Set<(row: OutboxRow) => void>>();

  constructor(clock: Clock, read: (id: string) => Promise<OutboxRow | undefined>) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Waits until a row is sent, dead or unknown; undefined when the time is up first. */
  async of(id: string, timeoutMs: number): Promise<OutboxRow | undefined> {
    const timeout = Promise.withResolvers<undefined>();
    using _timer = this.#clock.setTimeout(() => timeout.resolve(undefined), timeoutMs);
    const change = Promise.withResolvers<OutboxRow>();
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, waiters.add(change.resolve));
    try {
      const row = await this.#read(id);
      if (!row || (row.state !== "queued" && row.state !== "sending")) return row;
      return await Promise.race([change.promise, timeout.promise]);
    } finally {
      waiters.delete(change.resolve);
      if (waiters.size === 0) this.#waiters.delete(id);
    }
  }

  /** Tells those who wait for a row that it is settled. */
  async tell(id: string): Promise<void> {
    const settled = await this.#read(id);
    if (settled) for (const tell of this.#waiters.get(id) ?? []) tell(settled);
  }
}

import type { ChannelLogger } from "@openclaw/channels-contract";

const intervalMs = 60_000;
const maxKeys = 100;

interface Entry {
  loggedAt: number;
  suppressed: number;
}

/** Writes a warning of one kind once a minute at most, with the number of those left out. */
export class QuietLog {
  readonly #log: ChannelLogger;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(log: ChannelLogger, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** Warnings with the same key are of one kind. */
  warn(key: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    const now = this.#now();
    const entry = this.#entries.get(key);
    if (entry !== undefined && now - entry.loggedAt < intervalMs) {
      entry.suppressed += 1;
      return;
    }
    const repeated = entry === undefined || entry.suppressed === 0 ? {} : { repeated: entry.suppressed };
    this.#remember(key, { loggedAt: now, suppressed: 0 });
    this.#log.warn(message, { ...fields, ...repeated });
  }

  #remember(key: string, entry: Entry): void {
    this.#entries.delete(key);
    const oldest = this.#entries.size < maxKeys ? undefined : this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, entry);
  }
}

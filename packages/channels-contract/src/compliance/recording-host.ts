import type { ChannelHost, ChannelLogger, CommandMenu, InboundBatch, RecordedEvent } from "../channel.ts";
import type { ChannelState, ChannelStatus } from "../status.ts";

const defaultDeadlineMs = 10_000;
const defaultMaxSleepMs = 10;

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** What outlives a host: pass it to the next one to play a restart. */
export class RecordingStorage {
  readonly names = new Set<string>();
  readonly cursors = new Map<string, string>();
}

export interface RecordingHostOptions {
  readonly accountId: string;
  readonly storage?: RecordingStorage;
  /** The longest time `sleep` really waits; the host's clock advances by what was asked for. Default 10 ms. */
  readonly maxSleepMs?: number;
  /** How long the `waitFor…` functions wait unless told otherwise. Default 10,000. */
  readonly deadlineMs?: number;
  /** Default: no menu. */
  readonly menu?: CommandMenu;
}

/**
 * A gateway's side of the plug, for tests. It keeps everything a channel says and records, drops duplicates as the
 * gateway does, can refuse or hold back `accept`, and shortens sleeps so that minutes of backoff pass in no time.
 */
export class RecordingHost implements ChannelHost {
  readonly accountId: string;
  readonly log: ChannelLogger;
  readonly storage: RecordingStorage;
  readonly menu?: CommandMenu;
  /** What was recorded, in order, without duplicates. */
  readonly events: RecordedEvent[] = [];
  readonly duplicates: RecordedEvent[] = [];
  /** Every batch `accept` was called with, refused ones included. */
  readonly batches: InboundBatch[] = [];
  readonly statuses: ChannelStatus[] = [];
  readonly logLines: LogLine[] = [];
  /** The delays `sleep` was asked for, in milliseconds. */
  readonly sleeps: number[] = [];
  readonly #maxSleepMs: number;
  readonly #deadlineMs: number;
  readonly #watchers = new Set<() => void>();
  #skippedMs = 0;
  #refusals = 0;
  #gate: Promise<void> | undefined;

  constructor(options: RecordingHostOptions) {
    this.accountId = options.accountId;
    this.storage = options.storage ?? new RecordingStorage();
    if (options.menu !== undefined) this.menu = options.menu;
    this.#maxSleepMs = options.maxSleepMs ?? defaultMaxSleepMs;
    this.#deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
    this.log = {
      debug: (message, fields) => this.#write("debug", message, fields),
      info: (message, fields) => this.#write("info", message, fields),
      warn: (message, fields) => this.#write("warn", message, fields),
      error: (message, fields) => this.#write("error", message, fields),
    };
  }

  get status(): ChannelStatus | undefined {
    return this.statuses.at(-1);
  }

  now(): number {
    return Date.now() + this.#skippedMs;
  }

  sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(delayMs);
    const waitMs = Math.min(delayMs, this.#maxSleepMs);
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", abort);
        this.#skippedMs += delayMs - waitMs;
        resolve();
        this.#changed();
      }, waitMs);
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    });
  }

  async accept(batch: InboundBatch): Promise<{ recorded: number; duplicates: number }> {
    this.batches.push(batch);
    this.#changed();
    await this.#gate;
    if (this.#refusals > 0) {
      this.#refusals -= 1;
      throw new Error("The recording host was told to store nothing.");
    }
    const result = { recorded: 0, duplicates: 0 };
    for (const event of batch.events) {
      const names = [event.eventId, ...(event.aliases ?? [])];
      const isDuplicate = names.some((name) => this.storage.names.has(name));
      for (const name of names) this.storage.names.add(name);
      (isDuplicate ? this.duplicates : this.events).push(event);
      result[isDuplicate ? "duplicates" : "recorded"] += 1;
    }
    if (batch.cursor !== undefined) this.storage.cursors.set(batch.cursor.key, batch.cursor.value);
    this.#changed();
    return result;
  }

  async readCursor(key: string): Promise<string | undefined> {
    return this.storage.cursors.get(key);
  }

  report(status: ChannelStatus): void {
    this.statuses.push(status);
    this.#changed();
  }

  /** The next `count` calls of `accept` store nothing and reject. */
  refuseAccepts(count: number): void {
    this.#refusals = count;
  }

  /** From now on `accept` waits, until the result is called. */
  holdAccepts(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return () => {
      this.#gate = undefined;
      resolve();
    };
  }

  /** Resolves once the latest report has this state. */
  waitForState(state: ChannelState, timeoutMs = this.#deadlineMs): Promise<void> {
    return this.waitUntil(`state ${state}`, () => this.status?.state === state, timeoutMs);
  }

  /** Resolves once this many events have been recorded. */
  waitForEvents(count: number, timeoutMs = this.#deadlineMs): Promise<void> {
    return this.waitUntil(`${count} recorded events`, () => this.events.length >= count, timeoutMs);
  }

  /** Resolves once the condition holds; it is asked after everything the channel does to the host. */
  waitUntil(what: string, condition: () => boolean, timeoutMs = this.#deadlineMs): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#watchers.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(check);
        const states = this.statuses.map((status) => status.state).slice(-8);
        const seen = `states ${states.join(", ") || "none"}; ${this.events.length} events`;
        reject(new Error(`Waited ${timeoutMs} ms for ${what}; ${seen}.`));
      }, timeoutMs);
      this.#watchers.add(check);
    });
  }

  /** Everything the channel said, as one text, to look for what must not be in it. */
  transcript(): string {
    return JSON.stringify([this.logLines, this.statuses], replaceErrors);
  }

  #write(level: LogLine["level"], message: string, fields: LogLine["fields"]): void {
    this.logLines.push({ level, message, fields });
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** Errors have no JSON form of their own; a logger would write their message and stack. */
function replaceErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { message: value.message, stack: value.stack, cause: value.cause };
}

import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";

import type { Clock, Timer } from "../../ports.ts";
import { LineBuffer } from "./line-buffer.ts";
import {
  archive,
  layoutFor,
  localDay,
  type LogLayout,
  type LogLimits,
  prepareLogDirectory,
  prune,
} from "./rotation.ts";

// No link is followed, and a pipe that nobody reads is an error instead of a wait. Windows knows neither flag.
const OPEN_FLAGS =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);
/** Between two writes: each costs as much as dozens of lines. */
const PAUSE_MS = 50;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;
const FLUSH_DEADLINE_MS = 2000;

export interface FileSinkOptions {
  /** Where to write; YYYY-MM-DD in the name stands for the day. */
  readonly file: string;
  readonly limits: LogLimits;
  /** The directory is in a place that everybody can write to. */
  readonly guarded: boolean;
  readonly clock: Pick<Clock, "now" | "setTimeout">;
  /** Makes the line that says how many were lost, and why. */
  readonly lossLine: (lost: number, reason: string) => string;
  /** Called once for each time that writing starts to fail. Must not throw. */
  readonly onTrouble: (reason: string) => void;
}

/**
 * Appends lines to a file a day, in the background and in order. A line goes out at once when none did just before;
 * lines that follow closely leave together. Writing a line never waits and never throws: what can not be written is
 * kept up to a bound and tried again, then counted, and the count is written once it works again.
 */
export class FileSink implements AsyncDisposable {
  readonly #options: FileSinkOptions;
  readonly #layout: LogLayout;
  readonly #waiting = new LineBuffer();
  #lost = 0;
  #trouble: string | undefined;
  #file: { readonly handle: FileHandle; readonly day: string; readonly name: string; size: number } | undefined;
  #draining: Promise<void> | undefined;
  /** Runs while lines are to wait for one another. */
  #pause: Timer | undefined;
  #drainedAt = Number.NEGATIVE_INFINITY;
  /** Among the lines that wait is one that is to wait no longer. */
  #isUrgent = false;
  #retry: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;
  #closed = false;

  constructor(options: FileSinkOptions) {
    this.#options = options;
    this.#layout = layoutFor(options.file);
  }

  /** The file that lines go to now. */
  get path(): string {
    const name = this.#file?.name ?? this.#layout.currentName(localDay(this.#options.clock.now()));
    return join(this.#layout.directory, name);
  }

  /** Lines that could not be written and have not been told of yet. */
  get lost(): number {
    return this.#lost;
  }

  /** `isUrgent`: this line and those before it wait for no others. */
  write(line: string, isUrgent = false): void {
    if (this.#closed || !this.#waiting.append(line)) {
      this.#lost += 1;
      return;
    }
    if (isUrgent) this.#isUrgent = true;
    if (this.#draining !== undefined || this.#retry !== undefined) return;
    if (this.#isUrgent || this.#waiting.isFull) this.#start();
    else if (this.#pause === undefined) this.#startAfterPause();
  }

  /** Resolves when what was written so far is in the file, or can not be put there now; two seconds at most. */
  async flush(): Promise<void> {
    if (this.#retry === undefined && !this.#waiting.isEmpty) {
      this.#isUrgent = true;
      this.#start();
    }
    if (this.#draining !== undefined) await withDeadline(this.#draining, FLUSH_DEADLINE_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#retry?.cancel();
    this.#retry = undefined;
    const wasDraining = this.#draining !== undefined;
    await this.flush();
    // A write that had begun before may have failed; what is left of it gets one more chance.
    if (wasDraining && this.#draining === undefined) await this.flush();
    await this.#close();
  }

  #startAfterPause(): void {
    const { clock } = this.#options;
    const waitMs = Math.min(PAUSE_MS, this.#drainedAt + PAUSE_MS - clock.now());
    if (waitMs > 0) this.#pause = clock.setTimeout(() => this.#start(), waitMs);
    else this.#start();
  }

  #start(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // Lines of the same moment are written together.
    await Promise.resolve();
    try {
      do {
        if (this.#lost > 0) this.#queueLossLine();
        await this.#writeSome();
        this.#trouble = undefined;
        this.#retryMs = FIRST_RETRY_MS;
      } while (this.#lost > 0 || this.#waiting.isFull || (this.#isUrgent && !this.#waiting.isEmpty));
    } catch (error) {
      await this.#giveWay(reasonOf(error));
    } finally {
      this.#drainedAt = this.#options.clock.now();
      this.#draining = undefined;
      if (!this.#waiting.isEmpty && this.#retry === undefined && !this.#closed) this.#startAfterPause();
    }
  }

  #queueLossLine(): void {
    if (this.#waiting.append(this.#options.lossLine(this.#lost, this.#trouble ?? "too much at once"))) this.#lost = 0;
  }

  async #writeSome(): Promise<void> {
    const file = await this.#openCurrent();
    const chunk = this.#waiting.take();
    if (chunk === undefined) return;
    if (this.#waiting.isEmpty) this.#isUrgent = false;
    let offset = 0;
    try {
      while (offset < chunk.length) {
        const { bytesWritten } = await file.handle.write(chunk, offset, chunk.length - offset);
        offset += bytesWritten;
        file.size += bytesWritten;
      }
    } catch (error) {
      this.#waiting.putBack(chunk.subarray(offset));
      throw error;
    }
  }

  async #openCurrent(): Promise<{ readonly handle: FileHandle; size: number }> {
    const { clock, limits, guarded } = this.#options;
    const now = clock.now();
    const day = localDay(now);
    if (this.#file !== undefined && this.#file.day === day && this.#file.size < limits.fileBytes) return this.#file;
    await this.#close();
    await prepareLogDirectory(this.#layout.directory, guarded);
    const name = this.#layout.currentName(day);
    await this.#makeWay(name, day);
    const handle = await open(join(this.#layout.directory, name), OPEN_FLAGS, 0o600);
    this.#file = { handle, day, name, size: (await handle.stat()).size };
    await prune(this.#layout, limits, now, name);
    return this.#file;
  }

  /** Puts a full file, or one of another day under the same name, out of the way. */
  async #makeWay(name: string, day: string): Promise<void> {
    const stats = await stat(join(this.#layout.directory, name)).catch(() => undefined);
    if (stats?.isFile() !== true || stats.size === 0) return;
    const written = this.#layout.dated ? day : localDay(stats.mtimeMs);
    if (stats.size >= this.#options.limits.fileBytes || written !== day) await archive(this.#layout, name, written);
  }

  async #giveWay(reason: string): Promise<void> {
    await this.#close();
    if (this.#trouble === undefined) this.#options.onTrouble(reason);
    this.#trouble = reason;
    if (this.#closed) return;
    this.#retry = this.#options.clock.setTimeout(() => {
      this.#retry = undefined;
      this.#draining ??= this.#drain();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close().catch(() => undefined);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

async function withDeadline(work: Promise<unknown>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}

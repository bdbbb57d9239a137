import { ManualClock } from "@openclaw/testkit/clock";

import { GatewayError } from "../../src/errors.ts";
import type { Clock, SqlExecutor, SqlRow, SqlValue, Store, Timer } from "../../src/ports.ts";
import { SqliteStore } from "../../src/store/sqlite.ts";

/** After how many more commits a process dies, counted from 1, and whether the last one still reaches the disk. */
export interface Doom {
  readonly commits: number;
  readonly afterwards: boolean;
}

/**
 * What one process of a gateway holds: its database, and its timers. Once it is dead nothing of it is answered and no
 * timer of it fires; what it had committed stays, for the next process.
 */
export class MortalProcess implements AsyncDisposable {
  readonly store: Store;
  readonly clock: Clock;
  readonly #opened: SqliteStore;
  readonly #timers = new Set<Timer>();
  #doom: Doom | undefined;
  #isDead = false;
  #refusals = 0;

  constructor(databaseFile: string, clock: Clock) {
    this.#opened = SqliteStore.open(databaseFile);
    this.clock = this.#mortalClock(clock);
    this.store = this.#mortalStore(this.#opened);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** What is on disk, also after the process has died. */
  get onDisk(): Store {
    return this.#opened;
  }

  get isRefusing(): boolean {
    return this.#refusals > 0;
  }

  /** Lets it die at a later commit. */
  doom(doom: Doom): void {
    this.#doom = doom;
  }

  /** Lets its next transactions fail, as on a full disk; it lives on. 0 heals it. */
  refuse(transactions: number): void {
    this.#refusals = transactions;
  }

  /** Kills it now. */
  die(): void {
    this.#isDead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** Closes the file, as the operating system does for a dead process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }

  #mortalStore(inner: SqliteStore): Store {
    const transaction = async <T>(work: (sql: SqlExecutor) => Promise<T>): Promise<T> => {
      if (this.#isDead) return gone();
      if (this.#refusals > 0) {
        this.#refusals -= 1;
        throw new GatewayError("UNAVAILABLE", "The disk is full.");
      }
      const doom = this.#doom;
      if (doom) this.#doom = { ...doom, commits: doom.commits - 1 };
      if (doom?.commits !== 1) return inner.transaction(work);
      this.die();
      if (doom.afterwards) await inner.transaction(work);
      return gone();
    };
    return {
      all: <Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]) =>
        this.#isDead ? gone() : inner.all<Row>(sql, ...parameters),
      get: <Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]) =>
        this.#isDead ? gone() : inner.get<Row>(sql, ...parameters),
      run: (sql, ...parameters) => transaction((inside) => inside.run(sql, ...parameters)),
      transaction,
      [Symbol.asyncDispose]: () => this[Symbol.asyncDispose](),
    };
  }

  #mortalClock(inner: Clock): Clock {
    const keep = (set: (fire: () => void) => Timer, callback: () => void): Timer => {
      if (this.#isDead) return { cancel: () => {}, [Symbol.dispose]: () => {} };
      const timer = set(() => {
        if (!this.#isDead) callback();
      });
      this.#timers.add(timer);
      return timer;
    };
    return {
      now: () => inner.now(),
      setTimeout: (callback, delayMs) => keep((fire) => inner.setTimeout(fire, delayMs), callback),
      setInterval: (callback, intervalMs) => keep((fire) => inner.setInterval(fire, intervalMs), callback),
      sleep: (delayMs, signal) => inner.sleep(delayMs, signal),
    };
  }
}

/** A process, and the processes after it on the same file, with what each of them makes of its store and clock. */
export class MortalLine<Part> implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock();
  readonly #databaseFile: string;
  readonly #build: (process: MortalProcess) => Part;
  process: MortalProcess;
  part: Part;

  constructor(databaseFile: string, build: (process: MortalProcess) => Part) {
    this.#databaseFile = databaseFile;
    this.#build = build;
    this.process = new MortalProcess(databaseFile, this.clock);
    this.part = build(this.process);
  }

  /** Kills the process, if it lives, and starts the next. */
  async reopen(): Promise<void> {
    this.process.die();
    await this.process[Symbol.asyncDispose]();
    this.process = new MortalProcess(this.#databaseFile, this.clock);
    this.part = this.#build(this.process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}

function gone(): Promise<never> {
  return Promise.reject(new Error("The process is gone."));
}

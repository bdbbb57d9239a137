import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { DatabaseSync, type StatementSync } from "node:sqlite";

import { FatalError, GatewayError } from "../errors.ts";
import type { SqlExecutor, SqlRow, SqlValue, Store } from "../ports.ts";
import { migrate } from "./migrations.ts";

/** How long another program may hold the file before work is refused. */
const BUSY_TIMEOUT_MS = 5_000;
/** SQLite waits for the file without letting anything else happen; so only this long at a time. */
const BUSY_STEP_MS = 20;
/** At most this many transactions share one commit. */
const MAX_BATCH = 64;
/** Statements are few and written in the code; the bound guards against a caller that builds SQL from data. */
const MAX_CACHED_STATEMENTS = 500;
/** SQLite's primary result codes that callers can do something about. Source: https://sqlite.org/rescode.html */
const SQLITE_FULL = 13;
const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/**
 * The default store: one SQLite database, written by one connection and read by another, so that a read never sees
 * half a transaction. Journal mode WAL with synchronous=FULL: a resolved transaction survives kill -9 and power loss.
 */
export class SqliteStore implements Store {
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #lock: DatabaseSync;
  /** Transactions that wait for their turn; they run one at a time, in order. */
  #waiting: WaitingTransaction[] = [];
  #draining: Promise<void> | undefined;
  #closed = false;

  private constructor(writer: Connection, reader: Connection, lock: DatabaseSync) {
    this.#writer = writer;
    this.#reader = reader;
    this.#lock = lock;
  }

  /**
   * Opens, and brings up to date, the database at `path`. The file is private to its owner.
   * Throws FatalError when another process has it, when it can not be read, or when a newer version wrote it.
   */
  static open(path: string): SqliteStore {
    const directory = dirname(path);
    let lock: DatabaseSync | undefined;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      lock = acquireLock(path);
      const existed = existsSync(path);
      const writer = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
      if (!existed) chmodSync(path, 0o600);
      writer.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
      migrate(writer);
      writer.exec(`PRAGMA busy_timeout = ${BUSY_STEP_MS};`);
      const reader = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
      reader.exec(`PRAGMA query_only = ON; PRAGMA busy_timeout = ${BUSY_STEP_MS};`);
      return new SqliteStore(new Connection(writer), new Connection(reader), lock);
    } catch (error) {
      lock?.close();
      throw error instanceof FatalError ? error : describeOpenFailure(path, error);
    }
  }

  all<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    return this.#reader.all(sql, ...parameters);
  }

  get<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> {
    return this.#reader.get(sql, ...parameters);
  }

  run(sql: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return this.transaction((inside) => inside.run(sql, ...parameters));
  }

  transaction<T>(work: (sql: SqlExecutor) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#draining ??= this.#drain();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    this.#reader.close();
    this.#writer.exec("PRAGMA wal_checkpoint(TRUNCATE);");
    this.#writer.close();
    this.#lock.close();
  }

  /** Runs what waits, and what comes to wait meanwhile. */
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Everything that arrived by now is taken up first: whoever asks in the same turn of the event loop shares the commit.
      await setImmediate();
      await this.#runBatch(this.#waiting.splice(0, MAX_BATCH));
    }
    // In the same breath as the check above: whoever comes next starts a new drain.
    this.#draining = undefined;
  }

  /**
   * Waiting transactions share one commit, since it is the wait for the disk that costs. Each stands behind a
   * savepoint, so that one that fails takes nothing else with it; all are told only once the commit is on disk.
   */
  async #runBatch(batch: readonly WaitingTransaction[]): Promise<void> {
    const settle: (() => void)[] = [];
    try {
      await this.#begin();
      for (const transaction of batch) settle.push(await this.#runOne(transaction));
      this.#writer.exec("COMMIT");
    } catch (error) {
      this.#writer.rollback();
      const reason = describeWriteFailure(error);
      for (const { reject } of batch) reject(reason);
      return;
    }
    for (const tell of settle) tell();
  }

  /** Waits for a file that another program holds, and lets everything else go on meanwhile. */
  async #begin(): Promise<void> {
    const deadline = performance.now() + BUSY_TIMEOUT_MS;
    while (true) {
      try {
        this.#writer.exec("BEGIN IMMEDIATE");
        return;
      } catch (error) {
        if (primaryCode(error) !== SQLITE_BUSY || performance.now() >= deadline) throw error;
      }
      await setTimeout(BUSY_STEP_MS);
    }
  }

  /** Answers how to tell the outcome. Throws when the whole batch is lost. */
  async #runOne({ work, resolve, reject }: WaitingTransaction): Promise<() => void> {
    this.#writer.exec("SAVEPOINT one");
    try {
      const value = await work(this.#writer);
      this.#writer.exec("RELEASE one");
      return () => resolve(value);
    } catch (error) {
      // A full disk may have undone the whole transaction by itself; then nobody's work is left to commit.
      if (!this.#writer.isInTransaction) throw error;
      this.#writer.exec("ROLLBACK TO one; RELEASE one");
      return () => reject(describeWriteFailure(error));
    }
  }
}

interface WaitingTransaction {
  readonly work: (sql: SqlExecutor) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** One SQLite connection with its prepared statements, behind the asynchronous executor. */
class Connection implements SqlExecutor {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  // node:sqlite is synchronous; these are async functions so that its exceptions become rejections.
  async all<Row>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    return this.#prepare(sql).all(...parameters) as Row[];
  }

  async get<Row>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> {
    return this.#prepare(sql).get(...parameters) as Row | undefined;
  }

  async run(sql: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return Number(this.#prepare(sql).run(...parameters).changes);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  rollback(): void {
    // A failed COMMIT may have rolled back already; then there is nothing to undo.
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= MAX_CACHED_STATEMENTS) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * Holds an exclusive lock for as long as the process lives. The operating system drops it with the process, however
 * that dies, so there is no stale lock to clean up.
 */
function acquireLock(path: string): DatabaseSync {
  const lockPath = `${path}.lock`;
  const existed = existsSync(lockPath);
  const lock = new DatabaseSync(lockPath, { timeout: 0 });
  try {
    if (!existed) chmodSync(lockPath, 0o600);
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    return lock;
  } catch (error) {
    lock.close();
    if (primaryCode(error) === SQLITE_BUSY) {
      throw new FatalError(
        `Another gateway is using the state in ${dirname(path)}.`,
        "Stop it first, or give this one its own state with --profile <name> or OPENCLAW_STATE_DIR.",
      );
    }
    throw error;
  }
}

function describeOpenFailure(path: string, error: unknown): FatalError {
  const cause = { cause: error };
  const code = primaryCode(error);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new FatalError(
      `The database ${path} is damaged or is not a database.`,
      "Move it aside to start with an empty one, or restore a backup in its place.",
      cause,
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new FatalError(
    `The database ${path} can not be opened: ${reason}.`,
    "Check that the folder exists, belongs to this user, is writable, and that the disk is not full.",
    cause,
  );
}

/** Failures of the disk become errors that callers may show and retry; anything else is passed on as it is. */
function describeWriteFailure(error: unknown): unknown {
  const code = primaryCode(error);
  if (code === SQLITE_FULL || code === SQLITE_IOERR) {
    return new GatewayError("UNAVAILABLE", "The gateway can not write to its database; the disk may be full.", {
      retryAfterMs: 5_000,
      cause: error,
    });
  }
  if (code === SQLITE_BUSY) {
    return new GatewayError("UNAVAILABLE", "The gateway's database is locked by another program.", {
      retryAfterMs: 1_000,
      cause: error,
    });
  }
  return error;
}

function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

function closedError(): GatewayError {
  return new GatewayError("UNAVAILABLE", "The gateway is stopping; its database is closed.");
}

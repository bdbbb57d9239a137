import { GatewayError } from "../errors.ts";
import type { SqlExecutor, SqlRow, SqlValue, Store } from "../ports.ts";

/**
 * A store that is opened when its owner says so: the rooms can be built, and the port be taken, before the database
 * is touched. Until then every use is refused.
 */
export class DeferredStore implements Store {
  readonly #openStore: () => Store;
  #store: Store | undefined;

  constructor(openStore: () => Store) {
    this.#openStore = openStore;
  }

  /** Opens it; throws what opening throws. */
  open(): void {
    this.#store ??= this.#openStore();
  }

  async all<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    return this.#opened().all<Row>(sql, ...parameters);
  }

  async get<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> {
    return this.#opened().get<Row>(sql, ...parameters);
  }

  async run(sql: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return this.#opened().run(sql, ...parameters);
  }

  async transaction<T>(work: (sql: SqlExecutor) => Promise<T>): Promise<T> {
    return this.#opened().transaction(work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store?.[Symbol.asyncDispose]();
  }

  #opened(): Store {
    if (this.#store) return this.#store;
    throw new GatewayError("UNAVAILABLE", "The gateway's database is not open yet.", { retryAfterMs: 500 });
  }
}

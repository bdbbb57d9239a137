import type { SqlExecutor, SqlRow, SqlValue, Store } from "../../src/ports.ts";

/** Which commit a store dies at, counted from 1, and whether that commit still reaches the disk. */
export interface Death {
  readonly atCommit: number;
  readonly afterwards: boolean;
}

/** A store that dies at one of its commits, as it would with its process: from then on nothing is answered. */
export class DyingStore implements Store {
  readonly #inner: Store;
  readonly #death: Death;
  #commits = 0;
  isDead = false;

  constructor(inner: Store, death: Death) {
    this.#inner = inner;
    this.#death = death;
  }

  all<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    return this.isDead ? gone() : this.#inner.all(sql, ...parameters);
  }

  get<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> {
    return this.isDead ? gone() : this.#inner.get(sql, ...parameters);
  }

  run(sql: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return this.transaction((inside) => inside.run(sql, ...parameters));
  }

  async transaction<T>(work: (sql: SqlExecutor) => Promise<T>): Promise<T> {
    if (this.isDead) return gone();
    this.#commits += 1;
    if (this.#commits !== this.#death.atCommit) return this.#inner.transaction(work);
    this.isDead = true;
    if (this.#death.afterwards) await this.#inner.transaction(work);
    return gone();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }
}

function gone(): Promise<never> {
  return Promise.reject(new Error("The process is gone."));
}

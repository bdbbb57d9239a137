import { createHash } from "node:crypto";

import { GatewayError } from "../errors.ts";
import type { Clock, SqlExecutor, Store } from "../ports.ts";

const REMEMBER_MS = 30 * 24 * 60 * 60 * 1000;
const PRUNE_BATCH = 500;

/** One request for a side effect, as its sender names it. */
export interface KeyedRequest {
  readonly client: string;
  readonly method: string;
  readonly key: string;
  /** Everything that makes the request what it is; the key itself is left out. */
  readonly body: unknown;
}

/**
 * Remembers side effects by the key their caller gave them, for 30 days, across restarts: the same key with the same
 * body gets the same answer, with another body it is refused. Source: DESIGN promise 7.
 */
export class IdempotencyStore {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * The answer a request was given before, or undefined for a new one. Throws INVALID_REQUEST when the key was used
   * for another request. Runs in the transaction that carries the side effect out.
   */
  async recall<Answer>(sql: SqlExecutor, request: KeyedRequest): Promise<Answer | undefined> {
    const row = await sql.get<{ body_hash: string; answer: string | null }>(
      "SELECT body_hash, answer FROM idempotency WHERE client = ? AND method = ? AND key = ?",
      request.client,
      request.method,
      request.key,
    );
    if (!row) return undefined;
    if (row.body_hash !== hashBody(request.body)) {
      throw new GatewayError(
        "INVALID_REQUEST",
        `idempotencyKey "${request.key}" was used before for another ${request.method} request; use a new key for a new request.`,
        { details: { reason: "idempotency-key-reused" } },
      );
    }
    return row.answer === null ? undefined : (JSON.parse(row.answer) as Answer);
  }

  async remember(sql: SqlExecutor, request: KeyedRequest, answer: unknown): Promise<void> {
    await sql.run(
      "INSERT INTO idempotency (client, method, key, body_hash, answer, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      request.client,
      request.method,
      request.key,
      hashBody(request.body),
      JSON.stringify(answer),
      this.#clock.now(),
    );
  }

  /** Replaces what is remembered of a request by what came of it; undefined forgets the request. */
  async settle({ client, method, key }: KeyedRequest, answer: unknown): Promise<void> {
    if (answer === undefined) {
      await this.#store.run("DELETE FROM idempotency WHERE client = ? AND method = ? AND key = ?", client, method, key);
      return;
    }
    await this.#store.run(
      "UPDATE idempotency SET answer = ? WHERE client = ? AND method = ? AND key = ?",
      JSON.stringify(answer),
      client,
      method,
      key,
    );
  }

  async prune(): Promise<number> {
    return this.#store.run(
      `DELETE FROM idempotency WHERE (client, method, key) IN
         (SELECT client, method, key FROM idempotency WHERE created_at < ? LIMIT ?)`,
      this.#clock.now() - REMEMBER_MS,
      PRUNE_BATCH,
    );
  }
}

/** The same value gets the same hash, whatever order its keys came in. */
function hashBody(body: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sortKeys(body)))
    .digest("hex");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sortKeys(member)]),
  );
}

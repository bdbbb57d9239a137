import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Devices } from "../../src/devices/devices.ts";
import { DeviceTokens } from "../../src/devices/device-tokens.ts";
import type { EventBus } from "../../src/events/bus.ts";
import type { Clock, Ids, Logger, SqlExecutor, SqlRow, SqlValue, Store } from "../../src/ports.ts";
import { SqliteStore } from "../../src/store/sqlite.ts";

/** A database that is made when it is first used; most tests with a control plane never do. */
class LazyStore implements Store {
  #opened: { readonly store: SqliteStore; readonly directory: string } | undefined;

  all<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    return this.#store().all(sql, ...parameters);
  }

  get<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> {
    return this.#store().get(sql, ...parameters);
  }

  run(sql: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return this.#store().run(sql, ...parameters);
  }

  transaction<T>(work: (sql: SqlExecutor) => Promise<T>): Promise<T> {
    return this.#store().transaction(work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#opened) return;
    await this.#opened.store[Symbol.asyncDispose]();
    rmSync(this.#opened.directory, { recursive: true, force: true });
  }

  #store(): SqliteStore {
    if (!this.#opened) {
      const directory = mkdtempSync(join(tmpdir(), "openclaw-devices-"));
      this.#opened = { directory, store: SqliteStore.open(join(directory, "gateway.sqlite")) };
    }
    return this.#opened.store;
  }
}

export interface DevicesWorld {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly bus: EventBus;
}

/** The devices room over a database of its own, wired like in a gateway. */
export function lazyDevices({ clock, ids, log, bus }: DevicesWorld) {
  const store = new LazyStore();
  const key = randomBytes(32);
  const devices = new Devices({
    store,
    clock,
    ids,
    log,
    tokens: new DeviceTokens(() => Promise.resolve(key)),
    onRequested: (request) => bus.publish("device.pair.requested", request),
    onResolved: (resolved) => bus.publish("device.pair.resolved", resolved),
  });
  return { devices, store };
}

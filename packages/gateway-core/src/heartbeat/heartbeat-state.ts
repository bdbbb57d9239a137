import type { HeartbeatReport } from "@openclaw/protocol";

import type { SqlExecutor, Store } from "../ports.ts";

/** What is known of heartbeats across restarts: whether they are on, and what the last one came to. */
export class HeartbeatState {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async isOn(): Promise<boolean> {
    return (await this.#read("on", this.#store)) !== "false";
  }

  async switch(on: boolean): Promise<void> {
    await this.#write(this.#store, "on", String(on));
  }

  async last(): Promise<HeartbeatReport | null> {
    const text = await this.#read("last", this.#store);
    return text === undefined ? null : (JSON.parse(text) as HeartbeatReport);
  }

  async keep(sql: SqlExecutor, report: HeartbeatReport): Promise<void> {
    await this.#write(sql, "last", JSON.stringify(report));
  }

  async #read(name: string, sql: SqlExecutor): Promise<string | undefined> {
    return (await sql.get<{ value: string }>("SELECT value FROM heartbeat_state WHERE name = ?", name))?.value;
  }

  async #write(sql: SqlExecutor, name: string, value: string): Promise<void> {
    await sql.run(
      "INSERT INTO heartbeat_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      name,
      value,
    );
  }
}

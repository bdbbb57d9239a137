import { spawnSync } from "node:child_process";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { FatalError } from "../../src/errors.ts";
import { SqliteStore } from "../../src/store/sqlite.ts";

let directory: TempDirectory;
let path: string;
beforeEach(async () => {
  directory = await createTempDirectory();
  path = `${directory.path}/state/gateway.sqlite`;
});
afterEach(() => directory[Symbol.asyncDispose]());

const setCursor = "INSERT INTO cursors (channel, account, key, value, updated_at) VALUES ('c', 'a', ?, 'v', 1)";
const countCursors = "SELECT count(*) AS total FROM cursors";

describe("transactions", () => {
  it("commit as a whole, and are seen by later reads", async () => {
    await using store = SqliteStore.open(path);
    await store.transaction(async (sql) => {
      await sql.run(setCursor, "one");
      await sql.run(setCursor, "two");
    });
    expect(await store.get(countCursors)).toEqual({ total: 2 });
  });

  it("leave nothing behind when their work throws", async () => {
    await using store = SqliteStore.open(path);
    const failing = store.transaction(async (sql) => {
      await sql.run(setCursor, "one");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await store.get(countCursors)).toEqual({ total: 0 });
  });

  it("run one after the other, and a read outside never sees half of one", async () => {
    await using store = SqliteStore.open(path);
    const order: string[] = [];
    const inside = Promise.withResolvers<void>();
    const looked = Promise.withResolvers<void>();
    const slow = store.transaction(async (sql) => {
      await sql.run(setCursor, "one");
      order.push("inside one");
      inside.resolve();
      await looked.promise;
      await sql.run(setCursor, "two");
    });
    const fast = store.transaction(async () => void order.push("inside two"));
    await inside.promise;
    expect(await store.get(countCursors)).toEqual({ total: 0 });
    looked.resolve();
    await Promise.all([slow, fast]);
    expect(order).toEqual(["inside one", "inside two"]);
    expect(await store.get(countCursors)).toEqual({ total: 2 });
  });

  it("that different callbacks of one turn of the event loop ask for share a commit", async () => {
    await using store = SqliteStore.open(path);
    using exec = vi.spyOn(DatabaseSync.prototype, "exec");
    const callbacks = ["one", "two", "three"].map(
      (key) =>
        new Promise<void>((resolve) => setImmediate(() => resolve(store.run(setCursor, key).then(() => undefined)))),
    );
    await Promise.all(callbacks);
    expect(exec.mock.calls.filter(([sql]) => sql === "COMMIT")).toHaveLength(1);
    expect(await store.get(countCursors)).toEqual({ total: 3 });
  });

  it("that wait together share a commit, and one that fails takes nothing else with it", async () => {
    await using store = SqliteStore.open(path);
    const write = (key: string) => store.run(setCursor, key);
    const failing = store.transaction(async (sql) => {
      await sql.run(setCursor, "lost");
      throw new Error("no");
    });
    const outcomes = await Promise.allSettled([write("one"), failing, write("two"), write("one")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
    const keys = await store.all<{ key: string }>("SELECT key FROM cursors ORDER BY key");
    expect(keys.map(({ key }) => key)).toEqual(["one", "two"]);
  });

  it("F38 are all refused, with a word about the disk, when it is full, and work again when it is not", async () => {
    await using store = SqliteStore.open(path);
    await store.run(setCursor, "one");
    const { page_count: pages } = (await store.get<{ page_count: number }>("PRAGMA page_count")) ?? { page_count: 0 };
    await store.transaction(async (sql) => void (await sql.get(`PRAGMA max_page_count = ${pages}`)));
    const big = "x".repeat(100_000);
    const outcomes = await Promise.allSettled([store.run(setCursor, big), store.run(setCursor, `${big}y`)]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: { code: "UNAVAILABLE", message: expect.stringContaining("disk may be full") as string },
      });
    }
    await store.transaction(async (sql) => void (await sql.get("PRAGMA max_page_count = 100000")));
    await store.run(setCursor, big);
    expect(await store.get(countCursors)).toEqual({ total: 2 });
  });

  it("are refused after closing", async () => {
    const store = SqliteStore.open(path);
    await store[Symbol.asyncDispose]();
    await expect(store.run(setCursor, "one")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("opening", () => {
  it("makes files that only their owner can read", async () => {
    await using _store = SqliteStore.open(path);
    const modes = readdirSync(`${directory.path}/state`).map(
      (name) => statSync(`${directory.path}/state/${name}`).mode & 0o777,
    );
    expect(modes).toEqual(modes.map(() => 0o600));
    expect(statSync(`${directory.path}/state`).mode & 0o777).toBe(0o700);
  });

  it("F39 refuses a second opener of the same state, and says what to do", async () => {
    await using _store = SqliteStore.open(path);
    expect(() => SqliteStore.open(path)).toThrow(/Another gateway is using the state/);
  });

  it("F13 leaves no stale lock when the process is killed", async () => {
    const script = `
      import { SqliteStore } from ${JSON.stringify(new URL("../../src/store/sqlite.ts", import.meta.url).href)};
      const store = SqliteStore.open(${JSON.stringify(path)});
      await store.run(${JSON.stringify(setCursor)}, "one");
      process.kill(process.pid, "SIGKILL");`;
    const child = spawnSync(process.execPath, ["--conditions=@openclaw/source", "--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    expect(child.signal, child.stderr).toBe("SIGKILL");
    await using store = SqliteStore.open(path);
    expect(await store.get(countCursors)).toEqual({ total: 1 });
  });

  it("R1.2 names a damaged file and the remedy", async () => {
    await using _store = SqliteStore.open(path);
    const other = `${directory.path}/state/other.sqlite`;
    writeFileSync(other, "this is not a database, and long enough to be read as a header of one");
    const open = () => SqliteStore.open(other);
    expect(open).toThrow(FatalError);
    expect(open).toThrow(/is damaged or is not a database/);
  });

  it("refuses a database that a newer version wrote", async () => {
    const store = SqliteStore.open(path);
    await store[Symbol.asyncDispose]();
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 999");
    database.close();
    expect(() => SqliteStore.open(path)).toThrow(/written by a newer version \(schema 999/);
  });
});

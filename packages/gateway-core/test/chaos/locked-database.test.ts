import { DatabaseSync } from "node:sqlite";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { expect, it } from "vitest";

import { SqliteStore } from "../../src/store/sqlite.ts";
import { startGateway } from "../support/running-gateway.ts";

/** Another program takes the database for itself. */
function lock(path: string): () => void {
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  return () => {
    other.exec("COMMIT");
    other.close();
  };
}

it("F12 F15 a database that another program holds stops nothing but the writing: probes answer, and everything is caught up", async () => {
  await using directory = await createTempDirectory();
  await using gateway = await startGateway(directory.path, {
    config: { gateway: { mode: "local" }, channels: { memory: {} }, messages: { queue: { mode: "followup" } } },
  });
  gateway.platform.say({ chatId: "ada", text: "before" });
  await gateway.platform.waitForSent(({ text }) => text === "Echo: before");
  const unlock = lock(`${directory.path}/gateway.sqlite`);
  const delivered = Array.from({ length: 10 }, (_message, index) =>
    gateway.platform.say({ chatId: `chat${index % 3}`, text: `held ${index}` }),
  );
  const slowest = await slowestProbe(`http://127.0.0.1:${gateway.port}`, 12);
  expect(delivered.some(({ eventId }) => gateway.platform.isAcknowledged(eventId))).toBe(false);
  unlock();
  await eventually("all answers", () => gateway.platform.sent.length === 11);
  const texts = gateway.platform.sent.map(({ text }) => text);
  expect(new Set(texts).size).toBe(11);
  expect(delivered.every(({ eventId }) => gateway.platform.isAcknowledged(eventId))).toBe(true);
  // SQLite's own wait would have held everything up for seconds.
  expect(slowest).toBeLessThan(500);
});

it("is refused with a word about it when the other program holds it for too long, and works again afterwards", async () => {
  await using directory = await createTempDirectory();
  const path = `${directory.path}/gateway.sqlite`;
  await using store = SqliteStore.open(path);
  const unlock = lock(path);
  const writing = store.run("INSERT INTO counters (name, value) VALUES ('test', 1)");
  await expect(writing).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("locked") as string,
  });
  unlock();
  await expect(store.run("INSERT INTO counters (name, value) VALUES ('test', 1)")).resolves.toBe(1);
});

async function slowestProbe(url: string, times: number): Promise<number> {
  let slowest = 0;
  for (let time = 0; time < times; time += 1) {
    const startedAt = performance.now();
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(200);
    slowest = Math.max(slowest, performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  return slowest;
}

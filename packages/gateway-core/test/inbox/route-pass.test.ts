import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";

import type { SqlValue } from "../../src/ports.ts";
import { openWalk } from "../support/walk.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const STOPPED = { channel: "memory", account: "stopped" };
type Walk = Awaited<ReturnType<typeof openWalk>>;

const open = () => openWalk({ databaseFile: `${directory.path}/gateway.sqlite` });

async function leavePending(walk: Walk, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => ({ eventId: `e${n}`, raw: { n }, origin: "live" as const }));
  await walk.inbox.record(STOPPED, { events });
}

/** The inbox statements of what follows: how many there are, and how many rows they give. */
function countReads(walk: Walk) {
  const counts = { queries: 0, rows: 0, plans: new Set<string>() };
  const { store } = walk;
  const all = store.all.bind(store);
  store.all = async <Row>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]> => {
    const rows = await all<Row>(sql, ...parameters);
    if (!/FROM inbox\b/u.test(sql)) return rows;
    counts.queries += 1;
    counts.rows += rows.length;
    const plan = await all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...parameters);
    for (const { detail } of plan) counts.plans.add(detail);
    return rows;
  };
  return counts;
}

async function submitSome(walk: Walk, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const request = { prompt: name };
    await walk.flow.submit("client", {
      idempotencyKey: name,
      source: "chat",
      sessionKey: "agent:main:main",
      agentId: "main",
      request,
    });
  }
}

it("what waits for a channel that does not run costs a pass neither statements nor rows", async () => {
  await using walk = await open();
  const without = countReads(walk);
  await submitSome(walk, ["a", "b", "c"]);
  await leavePending(walk, 3_000);
  const before = { queries: without.queries, rows: without.rows };
  await submitSome(walk, ["d", "e", "f"]);
  expect({ queries: without.queries - before.queries, rows: without.rows - before.rows }).toEqual(before);
  expect(before.rows).toBe(3);
  // No plan looks at entries of other sources.
  expect([...without.plans].filter((plan) => plan.startsWith("SCAN"))).toEqual([]);
  expect([...without.plans].join("\n")).toContain("inbox_waiting (channel=?");
  expect(await walk.inbox.countWaiting()).toBe(3_000);
});

it("takes up what waited, each account's in order, as soon as it runs", async () => {
  const databaseFile = `${directory.path}/gateway.sqlite`;
  {
    await using stopped = await openWalk({ databaseFile, start: false });
    for (let n = 0; n < 250; n += 1) {
      const account = n % 2 === 0 ? "default" : "second";
      const raw = { type: "message", messageId: `m${n}`, chatId: `c${n % 2}`, chatType: "direct", senderId: "ada" };
      const event = { eventId: `e${n}`, raw: { ...raw, text: `${n}`, sentAt: Date.now() }, origin: "backlog" as const };
      await stopped.inbox.record({ channel: "memory", account }, { events: [event] });
    }
  }
  await using walk = await openWalk({
    databaseFile,
    section: { accounts: { default: {}, second: {} } },
    dmScope: "main",
  });
  await eventually("every message to be decided about", async () => (await walk.inbox.countWaiting()) === 0);
  const rows = await walk.store.all<{ prompt: string }>("SELECT request AS prompt FROM turns ORDER BY position");
  const prompts = rows.map(({ prompt }) => (JSON.parse(prompt) as { prompt: string }).prompt);
  expect(prompts).toHaveLength(250);
  for (const half of [0, 1]) {
    const own = prompts.map(Number).filter((n) => n % 2 === half);
    expect(own).toEqual(own.toSorted((a, b) => a - b));
  }
});

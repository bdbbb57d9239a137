import { expect, test } from "vitest";

import { FakeTelegram } from "../../src/fake-telegram.ts";
import { call, post, updateIds } from "./call.ts";

async function withTwoUpdates() {
  const telegram = await FakeTelegram.start();
  const user = telegram.people.addUser({ id: 7 });
  const first = telegram.people.says(user, "one");
  const second = telegram.people.says(user, "two");
  return { telegram, user, first, second, [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose]() };
}

test("an update stays until a later offset confirms it", async () => {
  await using scene = await withTwoUpdates();
  const { telegram, first, second } = scene;
  expect(updateIds(await call(telegram, "getUpdates"))).toEqual([first.update_id, second.update_id]);
  expect(updateIds(await call(telegram, "getUpdates", { offset: first.update_id }))).toEqual([
    first.update_id,
    second.update_id,
  ]);
  expect(telegram.confirmed).toEqual([]);
  expect(updateIds(await call(telegram, "getUpdates", { offset: second.update_id }))).toEqual([second.update_id]);
  expect(telegram.confirmed).toEqual([first.update_id]);
  await call(telegram, "getUpdates", { offset: second.update_id + 1 });
  expect(telegram.pending).toEqual([]);
});

test("the same offset twice within half a second is answered with one update", async () => {
  await using scene = await withTwoUpdates();
  const { telegram, first } = scene;
  await call(telegram, "getUpdates", { offset: 1 });
  expect(updateIds(await call(telegram, "getUpdates", { offset: 1 }))).toEqual([first.update_id]);
});

test("a negative offset keeps the newest updates and forgets the others", async () => {
  await using scene = await withTwoUpdates();
  const { telegram, first, second } = scene;
  expect(updateIds(await call(telegram, "getUpdates", { offset: -1 }))).toEqual([second.update_id]);
  expect(telegram.confirmed).toEqual([first.update_id]);
});

test("a long poll is answered by the update that arrives during it", async () => {
  await using telegram = await FakeTelegram.start();
  const user = telegram.people.addUser({ id: 7 });
  const polled = call(telegram, "getUpdates", { timeout: 30 });
  await telegram.waitUntil("the poll to wait", () => telegram.isPolled);
  const update = telegram.people.says(user, "now");
  expect(updateIds(await polled)).toEqual([update.update_id]);
});

test("a long poll without updates is answered empty when its time is up", async () => {
  await using telegram = await FakeTelegram.start();
  expect(updateIds(await call(telegram, "getUpdates", { timeout: 1 }))).toEqual([]);
});

test("a second poller ends the first with 409", async () => {
  await using telegram = await FakeTelegram.start();
  const first = call(telegram, "getUpdates", { timeout: 30 });
  await telegram.waitUntil("the poll to wait", () => telegram.isPolled);
  const second = call(telegram, "getUpdates", { timeout: 1 });
  expect(await first).toMatchObject({
    status: 409,
    description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  });
  expect((await second).status).toBe(200);
});

test("a poll whose client has gone takes nothing with it", async () => {
  await using telegram = await FakeTelegram.start();
  const user = telegram.people.addUser({ id: 7 });
  const leaving = new AbortController();
  const url = `${telegram.apiRoot}/bot${telegram.token}/getUpdates`;
  const gone = post(url, { timeout: 30 }, leaving.signal).catch(() => undefined);
  await telegram.waitUntil("the poll to wait", () => telegram.isPolled);
  leaving.abort();
  await gone;
  await telegram.waitUntil("the poll to end", () => !telegram.isPolled);
  const update = telegram.people.says(user, "later");
  expect(updateIds(await call(telegram, "getUpdates"))).toEqual([update.update_id]);
});

test("reactions come only when they are asked for, and what is asked for is remembered", async () => {
  await using scene = await withTwoUpdates();
  const { telegram, user, first } = scene;
  if (first.message === undefined) throw new Error("no message");
  telegram.people.reacts(user, first.message, "👍");
  expect(telegram.pending).toHaveLength(2);
  await call(telegram, "getUpdates", { allowed_updates: ["message_reaction"] });
  telegram.people.reacts(user, first.message, "👍");
  telegram.people.says(user, "not asked for");
  expect(telegram.pending.map((update) => Object.keys(update)[1])).toEqual(["message", "message", "message_reaction"]);
});

test("an update can be delivered again after it was confirmed", async () => {
  await using scene = await withTwoUpdates();
  const { telegram, first, second } = scene;
  await call(telegram, "getUpdates", { offset: second.update_id + 1 });
  telegram.redeliver(first);
  expect(updateIds(await call(telegram, "getUpdates", { offset: second.update_id + 2 }))).toEqual([first.update_id]);
  expect(updateIds(await call(telegram, "getUpdates", { offset: second.update_id + 1 }))).toEqual([]);
});

test("F9 an offset far past the newest update is answered from the head of the queue", async () => {
  await using telegram = await FakeTelegram.start();
  const user = telegram.people.addUser({ id: 7 });
  telegram.restartUpdateIds(500);
  const update = telegram.people.says(user, "after an idle week");
  expect(updateIds(await call(telegram, "getUpdates", { offset: 9_000_000 }))).toEqual([update.update_id]);
});

test("F9 an offset just past the newest update confirms it unseen", async () => {
  await using telegram = await FakeTelegram.start();
  const user = telegram.people.addUser({ id: 7 });
  telegram.restartUpdateIds(500);
  telegram.people.says(user, "swallowed by a stale offset");
  expect(updateIds(await call(telegram, "getUpdates", { offset: 503 }))).toEqual([]);
  expect(telegram.confirmed).toEqual([500]);
});

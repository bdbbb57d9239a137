import { RecordingStorage } from "@openclaw/channels-contract/compliance";
import { FakeTelegram, type Fault } from "@openclaw/testkit/fake-telegram";
import { describe, expect, test } from "vitest";

import { PollLeases } from "../src/connection/poll-leases.ts";
import { Scene } from "./scene.ts";

const badGateway: Fault = { kind: "html", status: 502 };
const conflict: Fault = {
  kind: "error",
  code: 409,
  description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
};

describe("greeting", () => {
  test("asks who the bot is, ends webhook delivery without dropping anything, then polls with an explicit list", async () => {
    await using scene = await Scene.online();
    const [getMe, deleteWebhook, getUpdates] = scene.telegram.calls;
    expect([getMe?.method, deleteWebhook?.method, getUpdates?.method]).toEqual([
      "getMe",
      "deleteWebhook",
      "getUpdates",
    ]);
    expect(deleteWebhook?.parameters).toEqual({ drop_pending_updates: false });
    expect(getUpdates?.parameters).toEqual({
      limit: 100,
      timeout: 0,
      allowed_updates: [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "my_chat_member",
        "message_reaction",
      ],
    });
    expect(scene.host.status).toMatchObject({
      state: "online",
      identity: { id: String(scene.telegram.bot.id), username: "fake_test_bot", displayName: "Fake Bot" },
    });
  });

  test.each([
    ["429", { kind: "error", code: 429, description: "Too Many Requests", parameters: { retry_after: 3 } }],
    ["502 without JSON", badGateway],
    ["a cut connection", { kind: "drop", when: "before" }],
    ["a cut connection after the effect", { kind: "drop", when: "after" }],
  ] satisfies [string, Fault][])("getMe and deleteWebhook are tried again after %s", async (_name, fault) => {
    await using scene = await Scene.open();
    scene.telegram.failNext("getMe", fault);
    scene.telegram.failNext("deleteWebhook", fault);
    await scene.start();
    await scene.host.waitForState("online");
    expect(scene.telegram.pending).toEqual([]);
    expect(scene.host.statuses.map((status) => status.state)).toEqual(["connecting", "backoff", "backoff", "online"]);
  });

  test("a webhook that another program set is removed, and what is pending arrives", async () => {
    await using scene = await Scene.open();
    const root = `${scene.telegram.apiRoot}/bot${scene.telegram.token}`;
    await fetch(`${root}/setWebhook?url=http://127.0.0.1:9/hook`);
    scene.telegram.people.says(scene.ada, "waiting");
    await scene.start();
    await scene.host.waitForEvents(1);
    await scene.telegram.waitUntil("a long poll", () => scene.telegram.isPolled);
    await fetch(`${root}/setWebhook?url=http://127.0.0.1:9/hook`);
    await scene.host.waitForState("conflict");
    expect(scene.host.status?.detail).toMatch(/Another program has set a webhook/);
    await scene.host.waitForState("online");
  });
});

describe("commit, then offset", () => {
  test("F8 an update is confirmed by the poll after it was recorded, with the offset that was stored with it", async () => {
    await using scene = await Scene.online();
    const update = scene.telegram.people.says(scene.ada, "hello");
    await scene.telegram.waitForConfirmed(update);
    const [batch] = scene.host.batches;
    expect(batch?.cursor?.key).toBe(`updates:${scene.telegram.bot.id}`);
    expect(JSON.parse(batch?.cursor?.value ?? "")).toMatchObject({ next: update.update_id + 1 });
    expect(scene.telegram.calls.at(-1)?.parameters).toMatchObject({ offset: update.update_id + 1, timeout: 25 });
  });

  test("F8 a full disk: nothing is confirmed while nothing can be stored, and nothing is lost", async () => {
    await using scene = await Scene.online();
    scene.host.refuseAccepts(3);
    const update = scene.telegram.people.says(scene.ada, "hello");
    await scene.host.waitUntil("three refusals", () => scene.host.batches.length >= 3);
    expect(scene.telegram.confirmed).toEqual([]);
    expect(scene.host.statuses.at(-1)).toMatchObject({ state: "backoff", code: "STORAGE" });
    await scene.telegram.waitForConfirmed(update);
    expect(scene.texts()).toEqual(["hello"]);
  });

  test("what was written while nobody listened is backlog, what comes later is live", async () => {
    await using scene = await Scene.open();
    scene.telegram.people.says(scene.ada, "earlier");
    scene.telegram.people.says(scene.ada, "earlier too");
    await scene.start();
    await scene.host.waitForState("online");
    await scene.telegram.waitUntil("a long poll", () => scene.telegram.isPolled);
    scene.telegram.people.says(scene.ada, "now");
    await scene.host.waitForEvents(3);
    expect(scene.host.events.map((event) => event.origin)).toEqual(["backlog", "backlog", "live"]);
  });

  test("F7 the same update twice, and the same message in two updates, are one event", async () => {
    await using scene = await Scene.online();
    const update = scene.telegram.people.says(scene.ada, "once");
    await scene.telegram.waitForConfirmed(update);
    scene.telegram.redeliver(update);
    await scene.host.waitUntil("the first duplicate", () => scene.host.duplicates.length === 1);
    if (update.message !== undefined) scene.telegram.push({ message: update.message });
    await scene.host.waitUntil("the second duplicate", () => scene.host.duplicates.length === 2);
    expect(scene.texts()).toEqual(["once"]);
  });

  test("an edit is recorded as an event of its own and asks for no answer", async () => {
    await using scene = await Scene.online();
    const { message } = scene.telegram.people.says(scene.ada, "hello");
    if (message === undefined) throw new Error("no message");
    await scene.host.waitForEvents(1);
    scene.telegram.people.edits(message, "hello!");
    await scene.host.waitForEvents(2);
    expect(scene.host.duplicates).toEqual([]);
    expect(scene.host.events.map((event) => scene.channel.parse(event.raw)?.text)).toEqual(["hello", undefined]);
  });

  test("F9 names carry the bot's id, so another bot's numbers are new", async () => {
    const storage = new RecordingStorage();
    for (const token of [
      "111111:AAFirstBotTokenForTests_0123456789abc",
      "222222:AASecondBotTokenForTests_0123456789ab",
    ]) {
      await using scene = await Scene.online({ fake: { token }, storage });
      const update = scene.telegram.people.says(scene.ada, "hello");
      await scene.telegram.waitForConfirmed(update);
      expect(scene.texts()).toEqual(["hello"]);
    }
    expect([...storage.names]).toEqual([
      "111111:update:1000",
      "111111:message:7:1",
      "222222:update:1000",
      "222222:message:7:1",
    ]);
    expect([...storage.cursors.keys()]).toEqual(["updates:111111", "updates:222222"]);
  });

  test("a restart goes on from the stored offset", async () => {
    const storage = new RecordingStorage();
    await using telegram = await FakeTelegram.start();
    {
      await using first = await Scene.online({ telegram, storage });
      telegram.people.says(first.ada, "one");
      await first.host.waitForEvents(1);
    }
    await using second = await Scene.open({ telegram, storage });
    telegram.people.says(second.ada, "two");
    const before = telegram.calls.length;
    await second.start();
    await second.host.waitForEvents(1);
    expect(second.texts()).toEqual(["two"]);
    const poll = telegram.calls.slice(before).find((call) => call.method === "getUpdates");
    expect(poll?.parameters).toMatchObject({ offset: 1_001 });
  });

  test("F9 after an idle week ids start anywhere, and an old offset swallows nothing", async () => {
    const storage = new RecordingStorage();
    await using scene = await Scene.open({ storage });
    const key = `updates:${scene.telegram.bot.id}`;
    const weekAgo = Date.now() - 8 * 24 * 60 * 60 * 1_000;
    storage.cursors.set(key, JSON.stringify({ next: 503, at: weekAgo }));
    scene.telegram.restartUpdateIds(500);
    const update = scene.telegram.people.says(scene.ada, "after a week");
    await scene.start();
    await scene.telegram.waitForConfirmed(update);
    expect(scene.texts()).toEqual(["after a week"]);
    expect(JSON.parse(storage.cursors.get(key) ?? "")).toMatchObject({ next: 501 });
  });

  test("F9 ids that start again lower while the gateway runs are followed down", async () => {
    await using scene = await Scene.online();
    await scene.telegram.waitForConfirmed(scene.telegram.people.says(scene.ada, "high"));
    scene.telegram.restartUpdateIds(10);
    await scene.telegram.waitForConfirmed(scene.telegram.people.says(scene.ada, "low"));
    expect(scene.texts()).toEqual(["high", "low"]);
    expect(scene.telegram.calls.at(-1)?.parameters).toMatchObject({ offset: 11 });
  });

  test("a stored offset that can not be read counts for none", async () => {
    const storage = new RecordingStorage();
    await using scene = await Scene.open({ storage });
    storage.cursors.set(`updates:${scene.telegram.bot.id}`, "not json");
    scene.telegram.people.says(scene.ada, "hello");
    await scene.start();
    await scene.host.waitForEvents(1);
  });
});

describe("trouble while polling", () => {
  test.each([
    ["502 without JSON", badGateway, "502"],
    ["500", { kind: "error", code: 500, description: "Internal Server Error" }, "500"],
    ["400", { kind: "error", code: 400, description: "Bad Request: something" }, "400"],
    ["403", { kind: "error", code: 403, description: "Forbidden: something" }, "403"],
    ["a cut connection", { kind: "drop", when: "before" }, undefined],
    ["an answer that is not JSON", { kind: "html", status: 200 }, "UNREADABLE_ANSWER"],
  ] satisfies [string, Fault, string | undefined][])(
    "%s: backoff, then online, nothing lost",
    async (_name, fault, code) => {
      await using scene = await Scene.online();
      scene.telegram.failNext("getUpdates", fault, fault);
      scene.telegram.people.says(scene.ada, "one");
      await scene.host.waitForState("backoff");
      const report = scene.host.status;
      expect(report?.retryAt).toBeGreaterThan(report?.since ?? 0);
      if (code !== undefined) expect(report?.code).toBe(code);
      await scene.host.waitForState("online");
      scene.telegram.people.says(scene.ada, "two");
      await scene.host.waitForEvents(2);
      expect(scene.texts()).toEqual(["one", "two"]);
    },
  );

  test("pauses grow from half a second to half a minute, with jitter", async () => {
    await using scene = await Scene.online();
    {
      using _fault = scene.telegram.failAlways("getUpdates", badGateway);
      scene.telegram.people.says(scene.ada, "x");
      await scene.host.waitUntil("ten pauses", () => scene.host.sleeps.length >= 10);
    }
    const pauses = scene.host.sleeps.filter((pause) => pause !== 2_000);
    for (const [index, pause] of pauses.slice(0, 9).entries()) {
      const middle = Math.min(500 * 2 ** index, 30_000);
      expect(pause).toBeGreaterThanOrEqual(middle * 0.75);
      expect(pause).toBeLessThanOrEqual(middle * 1.25);
    }
  });

  test("429 waits as long as Telegram asks", async () => {
    await using scene = await Scene.online();
    scene.telegram.failNext("getUpdates", {
      kind: "error",
      code: 429,
      description: "Too Many Requests: retry after 11",
      parameters: { retry_after: 11 },
    });
    scene.telegram.people.says(scene.ada, "x");
    await scene.host.waitForState("backoff");
    expect(scene.host.status).toMatchObject({ code: "429", detail: "Telegram asks to wait 11 s." });
    await scene.host.waitForEvents(1);
    expect(scene.host.sleeps).toContain(11_000);
  });

  test("F40 a poll on a half-open connection is given up after its deadline", async () => {
    await using scene = await Scene.online({ longPollSeconds: 1, pollGraceMs: 100 });
    scene.telegram.failNext("getUpdates", { kind: "hang" });
    scene.telegram.people.says(scene.ada, "one");
    await scene.telegram.waitUntil("the hanging poll", () => scene.telegram.calls.length >= 5);
    scene.telegram.people.says(scene.ada, "two");
    await scene.host.waitForState("backoff");
    expect(scene.host.status).toMatchObject({ code: "TIMEOUT" });
    await scene.host.waitForEvents(2);
    expect(scene.texts()).toEqual(["one", "two"]);
  });

  test("401 while polling: unauthorized, a look every minute, online again when the token is accepted", async () => {
    await using scene = await Scene.online();
    const { token } = scene.telegram;
    scene.telegram.token = `${scene.telegram.bot.id}:RevokedRevokedRevokedRevokedRevokedRev`;
    scene.telegram.people.says(scene.ada, "x");
    await scene.host.waitForState("unauthorized");
    expect(scene.host.status).toMatchObject({ code: "401" });
    expect(scene.host.status?.detail).toMatch(/refuses the bot token.*@BotFather/);
    await scene.host.waitUntil(
      "a second look",
      () => scene.host.sleeps.filter((pause) => pause === 60_000).length >= 2,
    );
    scene.telegram.token = token;
    await scene.host.waitForState("online");
    expect(scene.texts()).toEqual(["x"]);
  });

  test("F37 one kind of trouble is logged once a minute, with a count", async () => {
    await using scene = await Scene.online();
    {
      using _fault = scene.telegram.failAlways("getUpdates", badGateway);
      scene.telegram.people.says(scene.ada, "x");
      await scene.host.waitUntil("many failures", () => scene.host.sleeps.length >= 16);
    }
    const warnings = scene.host.logLines.filter((line) => line.level === "warn");
    const virtualMinutes = scene.host.sleeps.reduce((sum, pause) => sum + pause, 0) / 60_000;
    expect(warnings.length).toBeGreaterThan(1);
    expect(warnings.length).toBeLessThanOrEqual(Math.ceil(virtualMinutes) + 1);
    expect(warnings[1]?.fields).toHaveProperty("repeated");
  });
});

describe("F31 one poller per bot", () => {
  test("409 from another program: conflict, five seconds, a fresh socket, no message lost", async () => {
    await using scene = await Scene.online();
    await scene.telegram.waitUntil("a long poll", () => scene.telegram.isPolled);
    const connection = scene.telegram.calls.at(-1)?.connection;
    const calls = scene.telegram.calls.length;
    const other = fetch(`${scene.telegram.apiRoot}/bot${scene.telegram.token}/getUpdates?timeout=30`);
    await scene.host.waitForState("conflict");
    expect(scene.host.status).toMatchObject({ code: "409" });
    expect(scene.host.status?.detail).toMatch(/Another program polls this bot/);
    await scene.telegram.waitForCall("getUpdates", { count: 4 });
    expect((await other).status).toBe(409);
    const update = scene.telegram.people.says(scene.ada, "hello");
    await scene.telegram.waitForConfirmed(update);
    await scene.host.waitForState("online");
    const own = scene.telegram.calls.slice(calls + 1);
    expect(own.map((call) => call.connection)).not.toContain(connection);
    expect(own[0]?.parameters, "a short poll finds out whether the other one is gone").toMatchObject({ timeout: 5 });
    expect(scene.host.sleeps).toContain(5_000);
    expect(scene.texts()).toEqual(["hello"]);
  });

  test("a conflict of more than a minute says who may own the bot and what to do", async () => {
    await using scene = await Scene.online();
    {
      using _fault = scene.telegram.failAlways("getUpdates", conflict);
      scene.telegram.people.says(scene.ada, "x");
      await scene.host.waitUntil("the advice", () => /Stop it there/.test(scene.host.status?.detail ?? ""));
    }
    expect(scene.host.status?.detail).toMatch(/another gateway, profile or machine.*new token from @BotFather/);
    expect(scene.host.sleeps.filter((pause) => pause === 5_000).length).toBeGreaterThanOrEqual(12);
    expect(scene.host.logLines.filter((line) => /Stop it there/.test(line.message))).toHaveLength(1);
    await scene.host.waitForState("online");
  });

  test("a restart ends the old poll before the new one starts", async () => {
    const leases = new PollLeases();
    const storage = new RecordingStorage();
    await using telegram = await FakeTelegram.start();
    await using first = await Scene.online({ telegram, leases, storage });
    await telegram.waitUntil("a long poll", () => telegram.isPolled);
    await using second = await Scene.started({ telegram, leases, storage });
    await second.host.waitForState("conflict");
    expect(second.host.status).toMatchObject({ code: "IN_PROCESS" });
    expect(telegram.calls.filter((call) => call.method === "getMe")).toHaveLength(1);
    await first.channel[Symbol.asyncDispose]();
    await second.host.waitForState("online");
    expect(first.host.statuses.map((status) => status.state)).toEqual(["connecting", "online", "stopped"]);
    telegram.people.says(second.ada, "for the second");
    await second.host.waitForEvents(1);
    expect(first.host.events).toEqual([]);
  });
});

test("F29 a quiet bot stays online: polls that end empty are no trouble", async () => {
  await using scene = await Scene.online({ longPollSeconds: 1 });
  await scene.telegram.waitForCall("getUpdates", { count: 4, timeoutMs: 8_000 });
  expect(scene.host.statuses.map((status) => status.state)).toEqual(["connecting", "online"]);
  expect(scene.telegram.calls.filter((call) => call.method === "getMe")).toHaveLength(1);
});

test("a tapped button is a message, and the spinner is stopped", async () => {
  await using scene = await Scene.online();
  const { message } = scene.telegram.people.says(scene.ada, "menu");
  if (message === undefined) throw new Error("no message");
  const { callback_query: query } = scene.telegram.people.taps(scene.ada, message, "yes");
  const answer = await scene.telegram.waitForCall("answerCallbackQuery");
  expect(answer.parameters).toEqual({ callback_query_id: query?.id });
  expect(scene.texts()).toEqual(["menu", "callback_data: yes"]);
});

test("stop() ends a long poll at once", async () => {
  await using scene = await Scene.online();
  await scene.telegram.waitUntil("a long poll", () => scene.telegram.isPolled);
  const startedAt = performance.now();
  await scene.channel[Symbol.asyncDispose]();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  await scene.telegram.waitUntil("the poll to end", () => !scene.telegram.isPolled);
});

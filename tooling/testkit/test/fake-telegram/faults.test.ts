import { expect, test } from "vitest";

import { FakeTelegram } from "../../src/fake-telegram.ts";
import { call } from "./call.ts";

async function withUser() {
  const telegram = await FakeTelegram.start();
  telegram.people.addUser({ id: 7 });
  return telegram;
}

const send = (telegram: FakeTelegram) => call(telegram, "sendMessage", { chat_id: 7, text: "x" });

test("an error answer carries its parameters and has no effect", async () => {
  await using telegram = await withUser();
  telegram.failNext("sendMessage", {
    kind: "error",
    code: 429,
    description: "Too Many Requests: retry after 3",
    parameters: { retry_after: 3 },
  });
  expect(await send(telegram)).toMatchObject({ status: 429, parameters: { retry_after: 3 } });
  expect(telegram.sent).toEqual([]);
  expect((await send(telegram)).ok).toBe(true);
});

test("an answer that is not JSON", async () => {
  await using telegram = await withUser();
  telegram.failNext("*", { kind: "html", status: 502 });
  const response = await fetch(`${telegram.apiRoot}/bot${telegram.token}/getMe`);
  expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html"]);
});

test.each([
  ["before", 0],
  ["after", 1],
] as const)("a connection cut %s the effect leaves %i messages", async (when, messages) => {
  await using telegram = await withUser();
  telegram.failNext("sendMessage", { kind: "drop", when });
  await expect(send(telegram)).rejects.toThrow(/fetch failed/);
  expect(telegram.sent).toHaveLength(messages);
});

test("a call that hangs is never answered", async () => {
  await using telegram = await withUser();
  telegram.failNext("sendMessage", { kind: "hang", when: "after" });
  const outcome = send(telegram).catch(() => "cut");
  await telegram.waitForMessage();
  await telegram.goOffline();
  expect(await outcome).toBe("cut");
});

test("a standing fault holds until it is disposed", async () => {
  await using telegram = await withUser();
  {
    using _fault = telegram.failAlways("sendMessage", {
      kind: "error",
      code: 500,
      description: "Internal Server Error",
    });
    expect([(await send(telegram)).status, (await send(telegram)).status]).toEqual([500, 500]);
  }
  expect((await send(telegram)).status).toBe(200);
});

test("offline refuses connections, online comes back on the same port", async () => {
  await using telegram = await withUser();
  const before = telegram.apiRoot;
  await telegram.goOffline();
  await expect(send(telegram)).rejects.toThrow(/fetch failed/);
  await telegram.goOnline();
  expect(telegram.apiRoot).toBe(before);
  expect((await send(telegram)).ok).toBe(true);
});

test("a wait that is not met says what was seen", async () => {
  await using telegram = await withUser();
  await send(telegram);
  await expect(telegram.waitForCall("getMe", { timeoutMs: 20 })).rejects.toThrow(
    /Waited 20 ms for call 1 of getMe. Last calls: sendMessage. Last messages: "x"/,
  );
});

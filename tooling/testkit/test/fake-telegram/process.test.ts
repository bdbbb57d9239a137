import { expect, test } from "vitest";

import { FakeTelegramProcess } from "../../src/fake-telegram.ts";
import { post } from "./call.ts";

test("a fake Telegram in its own process is driven over the control port", async () => {
  await using telegram = await FakeTelegramProcess.start({ token: "42:AATokenOfAnotherProcess_0123456789abc" });
  const root = `${telegram.apiRoot}/bot${telegram.token}`;
  const update = await telegram.command("say", { userId: 7, text: "hello" });
  expect((await post(`${root}/getUpdates`)).result).toEqual([update]);
  await telegram.command("fail-next", { method: "sendMessage", fault: { kind: "html", status: 502 } });
  expect((await fetch(`${root}/sendMessage`)).status).toBe(502);
  await post(`${root}/sendMessage`, { chat_id: 7, text: "answer" });
  expect(await telegram.command("wait-for-message", { text: "answer" })).toMatchObject({ text: "answer" });
  expect(await telegram.command("state")).toMatchObject({ sent: [{ text: "answer" }], confirmed: [] });
  await expect(telegram.command("no-such-command")).rejects.toThrow(/No command no-such-command; there are /);
});

import { expect, test } from "vitest";

import { FakeTelegram } from "../../src/fake-telegram.ts";
import { call } from "./call.ts";

test("polls are checked and shown", async () => {
  await using telegram = await FakeTelegram.start();
  telegram.people.addUser({ id: 7 });
  const poll = { chat_id: 7, question: "Tea?", options: [{ text: "yes" }, { text: "no" }] };
  expect((await call(telegram, "sendPoll", poll)).result).toMatchObject({ poll: { question: "Tea?" } });
  expect(await call(telegram, "sendPoll", { ...poll, options: [{ text: "yes" }] })).toMatchObject({ status: 400 });
});

test("the text of a poll can not be edited, and the same caption twice is not modified", async () => {
  await using telegram = await FakeTelegram.start();
  telegram.people.addUser({ id: 7 });
  await call(telegram, "sendPoll", { chat_id: 7, question: "Tea?", options: ["yes", "no"] });
  expect(await call(telegram, "editMessageText", { chat_id: 7, message_id: 1, text: "x" })).toMatchObject({
    description: "Bad Request: there is no text in the message to edit",
  });
  const edit = { chat_id: 7, message_id: 1, caption: "x" };
  expect((await call(telegram, "editMessageCaption", edit)).result).toMatchObject({ caption: "x" });
  expect(await call(telegram, "editMessageCaption", edit)).toMatchObject({ status: 400 });
});

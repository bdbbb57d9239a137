import { describe, expect, test } from "vitest";

import { FakeTelegram } from "../../src/fake-telegram.ts";
import { call, numberIn, post, stringIn } from "./call.ts";

async function withUser() {
  const telegram = await FakeTelegram.start();
  const user = telegram.people.addUser({ id: 7, firstName: "Ada" });
  return { telegram, user, [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose]() };
}

describe("tokens", () => {
  test.each([
    ["another token", "999:WrongWrongWrongWrongWrongWrongWrongWr", 401, "Unauthorized"],
    ["a malformed token", "not-a-token", 404, "Not Found"],
  ])("%s is refused", async (_name, token, status, description) => {
    await using telegram = await FakeTelegram.start();
    expect(await post(`${telegram.apiRoot}/bot${token}/getMe`)).toMatchObject({ status, description });
    expect(telegram.calls).toEqual([]);
  });

  test("an unknown method is not found", async () => {
    await using telegram = await FakeTelegram.start();
    expect(await call(telegram, "getEverything")).toMatchObject({
      status: 404,
      description: "Not Found: method not found",
    });
  });

  test("method names match in any case", async () => {
    await using telegram = await FakeTelegram.start();
    expect((await call(telegram, "GETME")).result).toMatchObject({ id: telegram.bot.id, is_bot: true });
  });
});

describe("sendMessage", () => {
  test("is recorded as told and as sent", async () => {
    await using scene = await withUser();
    const { telegram } = scene;
    await call(telegram, "sendMessage", { chat_id: 7, text: "<b>hi</b>", parse_mode: "HTML" });
    const sent = await telegram.waitForMessage();
    expect(sent.call.parameters["text"]).toBe("<b>hi</b>");
    expect(sent.message).toMatchObject({ text: "hi", entities: [{ type: "bold", offset: 0, length: 2 }] });
  });

  test("the limit of 4096 counts what is left after entities are parsed", async () => {
    await using scene = await withUser();
    const { telegram } = scene;
    const html = `<b>${"x".repeat(4_096)}</b>`;
    expect((await call(telegram, "sendMessage", { chat_id: 7, text: html, parse_mode: "HTML" })).ok).toBe(true);
    expect(await call(telegram, "sendMessage", { chat_id: 7, text: html })).toMatchObject({
      status: 400,
      description: "Bad Request: message is too long",
    });
  });

  test.each([
    [{ chat_id: 7, text: "" }, 400, "Bad Request: message text is empty"],
    [{ chat_id: 7, text: " \n" }, 400, "Bad Request: text must be non-empty"],
    [{ chat_id: 404, text: "x" }, 400, "Bad Request: chat not found"],
    [{ text: "x" }, 400, "Bad Request: chat_id is empty"],
    [
      { chat_id: 7, text: "x", reply_parameters: { message_id: 99 } },
      400,
      "Bad Request: message to be replied not found",
    ],
    [{ chat_id: 7, text: "x", message_thread_id: 5 }, 400, "Bad Request: message thread not found"],
  ])("%j is refused", async (parameters, status, description) => {
    await using scene = await withUser();
    expect(await call(scene.telegram, "sendMessage", parameters)).toMatchObject({ status, description });
    expect(scene.telegram.sent).toEqual([]);
  });

  test("a missing reply can be allowed", async () => {
    await using scene = await withUser();
    const reply_parameters = { message_id: 99, allow_sending_without_reply: true };
    expect((await call(scene.telegram, "sendMessage", { chat_id: 7, text: "x", reply_parameters })).ok).toBe(true);
  });

  test("blocked and migrated chats answer as the server does", async () => {
    await using scene = await withUser();
    const { telegram } = scene;
    telegram.people.bar(7, "bot was blocked by the user");
    telegram.people.addChat({ id: -5, title: "Old", type: "group" });
    telegram.people.migrate(-5, -1005);
    expect(await call(telegram, "sendMessage", { chat_id: 7, text: "x" })).toMatchObject({
      status: 403,
      description: "Forbidden: bot was blocked by the user",
    });
    expect(await call(telegram, "sendMessage", { chat_id: -5, text: "x" })).toMatchObject({
      status: 400,
      parameters: { migrate_to_chat_id: -1005 },
    });
    expect((await call(telegram, "sendMessage", { chat_id: -1005, text: "x" })).ok).toBe(true);
  });

  test("topics: an existing one, and General by leaving the id out", async () => {
    await using telegram = await FakeTelegram.start();
    telegram.people.addChat({ id: -100, title: "Forum", isForum: true });
    telegram.people.addTopic(-100, 42, "Topic");
    const send = (thread: object) => call(telegram, "sendMessage", { chat_id: -100, text: "x", ...thread });
    expect((await send({ message_thread_id: 42 })).result).toMatchObject({ message_thread_id: 42 });
    expect((await send({})).ok).toBe(true);
    expect((await send({ message_thread_id: 1 })).description).toBe("Bad Request: message thread not found");
    const typing = { chat_id: -100, action: "typing", message_thread_id: 1 };
    expect((await call(telegram, "sendChatAction", typing)).ok).toBe(true);
  });

  test("message ids count per supergroup, and together in private chats", async () => {
    await using scene = await withUser();
    const { telegram } = scene;
    telegram.people.addUser({ id: 8 });
    telegram.people.addChat({ id: -100, title: "Group" });
    const idIn = async (chat_id: number) =>
      numberIn((await call(telegram, "sendMessage", { chat_id, text: "x" })).result, "message_id");
    expect([await idIn(7), await idIn(8), await idIn(-100), await idIn(-100)]).toEqual([1, 2, 1, 2]);
  });
});

describe("messages of the bot", () => {
  test("are edited and deleted", async () => {
    await using scene = await withUser();
    const { telegram } = scene;
    await call(telegram, "sendMessage", { chat_id: 7, text: "one" });
    const named = { chat_id: 7, message_id: 1 };
    expect((await call(telegram, "editMessageText", { ...named, text: "one" })).description).toMatch(/is not modified/);
    expect((await call(telegram, "editMessageText", { ...named, text: "two" })).ok).toBe(true);
    expect(telegram.message(7, 1)).toMatchObject({ text: "two" });
    expect((await call(telegram, "deleteMessage", named)).ok).toBe(true);
    expect((await call(telegram, "deleteMessage", named)).description).toBe("Bad Request: message to delete not found");
    expect((await call(telegram, "editMessageText", { ...named, text: "x" })).description).toMatch(/to edit not found/);
  });

  test("someone else's message can not be edited", async () => {
    await using scene = await withUser();
    const { telegram, user } = scene;
    const update = telegram.people.says(user, "mine");
    const named = { chat_id: 7, message_id: update.message?.message_id, text: "x" };
    expect((await call(telegram, "editMessageText", named)).description).toBe("Bad Request: message can't be edited");
  });

  test("reactions are limited to the platform's emoji", async () => {
    await using scene = await withUser();
    const { telegram, user } = scene;
    const message_id = telegram.people.says(user, "hi").message?.message_id ?? 0;
    const react = (emoji: string) =>
      call(telegram, "setMessageReaction", { chat_id: 7, message_id, reaction: [{ type: "emoji", emoji }] });
    expect((await react("👍")).ok).toBe(true);
    expect(telegram.reactions(7, message_id)).toEqual(["👍"]);
    expect((await react("Z")).description).toBe("Bad Request: REACTION_INVALID");
  });
});

describe("the rest", () => {
  test("a callback query is answered once", async () => {
    await using scene = await withUser();
    const { telegram, user } = scene;
    const { message } = telegram.people.says(user, "x");
    if (message === undefined) throw new Error("no message");
    const id = telegram.people.taps(user, message, "data").callback_query?.id;
    expect((await call(telegram, "answerCallbackQuery", { callback_query_id: id })).ok).toBe(true);
    expect((await call(telegram, "answerCallbackQuery", { callback_query_id: id })).description).toMatch(/too old/);
  });

  test("commands are checked and kept", async () => {
    await using telegram = await FakeTelegram.start();
    const commands = [{ command: "new", description: "Start afresh" }];
    expect((await call(telegram, "setMyCommands", { commands })).ok).toBe(true);
    expect((await call(telegram, "getMyCommands")).result).toEqual(commands);
    const bad = [{ command: "New!", description: "x" }];
    expect((await call(telegram, "setMyCommands", { commands: bad })).description).toBe(
      "Bad Request: BOT_COMMAND_INVALID",
    );
  });

  test("a file that a person sends is downloaded by its path, with the token", async () => {
    await using scene = await withUser();
    const { telegram, user } = scene;
    const update = telegram.people.sendsFile(user, { kind: "document", data: Buffer.from("bytes") });
    const file_id = stringIn(update.message?.["document"], "file_id");
    const file_path = stringIn((await call(telegram, "getFile", { file_id })).result, "file_path");
    const response = await fetch(`${telegram.apiRoot}/file/bot${telegram.token}/${file_path}`);
    expect(await response.text()).toBe("bytes");
    const refused = await fetch(`${telegram.apiRoot}/file/bot1:${"x".repeat(35)}/${file_path}`);
    expect(refused.status).toBe(401);
  });

  test("multipart uploads carry files and fields", async () => {
    await using scene = await withUser();
    const { telegram } = scene;
    const form = new FormData();
    form.set("chat_id", "7");
    form.set("caption", "<i>look</i>");
    form.set("parse_mode", "HTML");
    form.set("document", new File(["data"], "ü.txt", { type: "text/plain" }));
    const response = await fetch(`${telegram.apiRoot}/bot${telegram.token}/sendDocument`, {
      method: "POST",
      body: form,
    });
    expect(response.status).toBe(200);
    const { call: told, message } = await telegram.waitForMessage();
    expect(told.files["document"]).toMatchObject({ name: "ü.txt", data: Buffer.from("data") });
    expect(message).toMatchObject({ caption: "look", caption_entities: [{ type: "italic" }] });
  });

  test("getChat describes a chat", async () => {
    await using scene = await withUser();
    expect((await call(scene.telegram, "getChat", { chat_id: "7" })).result).toMatchObject({
      type: "private",
      first_name: "Ada",
    });
  });
});

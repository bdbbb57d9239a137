import { createServer } from "node:net";

import { ChannelError } from "@openclaw/channels-contract";
import type { Fault } from "@openclaw/testkit/fake-telegram";
import { describe, expect, test } from "vitest";

import { Scene } from "./scene.ts";

const refusal = (code: number, description: string, parameters?: object): Fault => ({
  kind: "error",
  code,
  description,
  ...(parameters === undefined ? {} : { parameters }),
});

describe("what is sent", () => {
  test("Markdown goes out as HTML, in the asked chat", async () => {
    await using scene = await Scene.open();
    expect(await scene.send("**hi**")).toMatchObject({ outcome: "sent", messageId: "1" });
    const { call, message } = await scene.telegram.waitForMessage();
    expect(call.parameters).toEqual({ chat_id: "7", text: "<b>hi</b>", parse_mode: "HTML" });
    expect(message).toMatchObject({ text: "hi", entities: [{ type: "bold" }] });
  });

  test("topics are named, the General topic by leaving its id out", async () => {
    await using scene = await Scene.open();
    scene.telegram.people.addChat({ id: -100, title: "Forum", isForum: true });
    scene.telegram.people.addTopic(-100, 42, "Topic");
    expect(await scene.send("a", { chatId: "-100", threadId: "42" })).toMatchObject({ outcome: "sent" });
    expect(await scene.send("b", { chatId: "-100", threadId: "1" })).toMatchObject({ outcome: "sent" });
    expect(scene.telegram.sent.map(({ message }) => message.message_thread_id)).toEqual([42, undefined]);
  });

  test("an answer refers to the message, also when that one is gone", async () => {
    await using scene = await Scene.open();
    const { message } = scene.telegram.people.says(scene.ada, "question");
    await scene.send("a", { chatId: "7" }, String(message?.message_id));
    await scene.send("b", { chatId: "7" }, "999");
    await scene.send("c", { chatId: "7" }, "callback:17");
    expect(scene.telegram.sent.map(({ message: sent }) => sent.reply_to_message?.text)).toEqual([
      "question",
      undefined,
      undefined,
    ]);
    expect(scene.telegram.calls.at(-1)?.parameters).not.toHaveProperty("reply_parameters");
  });

  test("link previews can be turned off", async () => {
    await using scene = await Scene.open({ section: { linkPreview: false } });
    await scene.send("https://example.com");
    expect(scene.telegram.calls.at(-1)?.parameters).toMatchObject({ link_preview_options: { is_disabled: true } });
  });

  test("text that formatting would leave empty is sent as it is", async () => {
    await using scene = await Scene.open();
    await scene.send("[]()");
    const { message } = await scene.telegram.waitForMessage();
    expect(message).toMatchObject({ text: "[]()" });
  });
});

describe("another form", () => {
  test("text Telegram can not parse is sent again without formatting, once", async () => {
    await using scene = await Scene.open();
    const fault = refusal(400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0');
    scene.telegram.failNext("sendMessage", fault);
    expect(await scene.send("**hi**")).toMatchObject({ outcome: "sent" });
    expect((await scene.telegram.waitForMessage()).message).toMatchObject({ text: "**hi**" });
    scene.telegram.failNext("sendMessage", fault, fault);
    expect(await scene.send("**hi**")).toMatchObject({ outcome: "permanent", code: "TELEGRAM_400" });
  });

  test("a refused reply is sent without it", async () => {
    await using scene = await Scene.open();
    scene.telegram.failNext("sendMessage", refusal(400, "Bad Request: message to be replied not found"));
    expect(await scene.send("hi", { chatId: "7" }, "5")).toMatchObject({ outcome: "sent" });
    expect(scene.telegram.calls.at(-1)?.parameters).not.toHaveProperty("reply_parameters");
  });

  test("a group that became a supergroup is followed, and remembered", async () => {
    await using scene = await Scene.open();
    scene.telegram.people.addChat({ id: -5, title: "Old", type: "group" });
    scene.telegram.people.migrate(-5, -1_005);
    expect(await scene.send("one", { chatId: "-5" })).toMatchObject({ outcome: "sent" });
    expect(await scene.send("two", { chatId: "-5" })).toMatchObject({ outcome: "sent" });
    expect(scene.telegram.sent.map(({ message }) => message.chat.id)).toEqual([-1_005, -1_005]);
    expect(scene.telegram.calls).toHaveLength(3);
  });
});

describe("outcomes", () => {
  test.each([
    ["F5 blocked", refusal(403, "Forbidden: bot was blocked by the user"), { outcome: "permanent", code: "BLOCKED" }],
    [
      "F5 kicked",
      refusal(403, "Forbidden: bot was kicked from the group chat"),
      { outcome: "permanent", code: "KICKED" },
    ],
    ["F5 another 403", refusal(403, "Forbidden: no"), { outcome: "permanent", code: "FORBIDDEN" }],
    [
      "F5 too long",
      refusal(400, "Bad Request: message is too long"),
      { outcome: "permanent", code: "MESSAGE_TOO_LONG" },
    ],
    ["F5 no such chat", refusal(400, "Bad Request: chat not found"), { outcome: "permanent", code: "CHAT_NOT_FOUND" }],
    [
      "F5 no such topic",
      refusal(400, "Bad Request: message thread not found"),
      { outcome: "permanent", code: "THREAD_NOT_FOUND" },
    ],
    ["F5 another 400", refusal(400, "Bad Request: something"), { outcome: "permanent", code: "TELEGRAM_400" }],
    ["F5 a refused token", refusal(401, "Unauthorized"), { outcome: "permanent", code: "UNAUTHORIZED" }],
    ["F5 too large", refusal(413, "Request Entity Too Large"), { outcome: "permanent", code: "FILE_TOO_LARGE" }],
    [
      "429",
      refusal(429, "Too Many Requests: retry after 9", { retry_after: 9 }),
      { outcome: "retry", retryAfterMs: 9_000, scope: "account" },
    ],
    ["F6 500", refusal(500, "Internal Server Error"), { outcome: "unknown" }],
    ["F6 502 without JSON", { kind: "html", status: 502 }, { outcome: "unknown" }],
    ["F6 403 without JSON", { kind: "html", status: 403 }, { outcome: "unknown" }],
    ["F6 a cut connection", { kind: "drop", when: "before" }, { outcome: "unknown" }],
    ["F6 a cut connection after the effect", { kind: "drop", when: "after" }, { outcome: "unknown" }],
  ] satisfies [string, Fault, object][])("%s", async (_name, fault, outcome) => {
    await using scene = await Scene.open();
    scene.telegram.failNext("sendMessage", fault);
    expect(await scene.send("hi")).toMatchObject(outcome);
    expect(scene.telegram.calls).toHaveLength(1);
  });

  test("F6 no answer in time is unknown, on a new connection and on a used one", async () => {
    await using scene = await Scene.open({ section: { timeoutSeconds: 1 } });
    for (const text of ["first", "second"]) {
      scene.telegram.failNext("sendMessage", { kind: "hang" });
      expect(await scene.send(text)).toEqual({ outcome: "unknown", reason: "No answer within 1 s." });
      await scene.send("in between");
    }
  });

  test("F6 a refused connection is certainly not sent", async () => {
    await using scene = await Scene.open();
    await scene.telegram.goOffline();
    const outcome = await scene.send("hi");
    expect(outcome).toMatchObject({ outcome: "retry" });
    expect(outcome).toHaveProperty("reason", expect.stringMatching(/^connect ECONNREFUSED 127\.0\.0\.1:\d+$/));
  });

  test.each([
    ["never ends", () => undefined],
    ["is cut", (socket: { destroy(): void }) => socket.destroy()],
  ])("F6 a TLS handshake that %s is certainly not sent", async (_name, onConnection) => {
    const server = createServer(onConnection);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    await using scene = await Scene.open({
      section: { apiRoot: `https://127.0.0.1:${address.port}`, timeoutSeconds: 1 },
    });
    expect(await scene.send("hi")).toMatchObject({ outcome: "retry" });
    await scene.channel[Symbol.asyncDispose]();
    server.close();
  });

  test("an abort before the request was written means retry", async () => {
    await using scene = await Scene.open();
    const message = {
      operationId: "o",
      attempt: 1,
      to: { chatId: "7" },
      content: { kind: "text", text: "hi" },
    } as const;
    expect(await scene.channel.send(message, AbortSignal.abort(new Error("stop")))).toMatchObject({ outcome: "retry" });
    expect(scene.telegram.calls).toEqual([]);
  });

  test.each([
    ["a chat id that is none", "hi", { chatId: "whatsapp:7" }, "CHAT_ID_INVALID"],
    ["text over the limit", "x".repeat(4_097), { chatId: "7" }, "MESSAGE_TOO_LONG"],
    ["text without a character", " \n ", { chatId: "7" }, "EMPTY_TEXT"],
  ])("F5 %s is refused without asking", async (_name, text, to, code) => {
    await using scene = await Scene.open();
    expect(await scene.send(text, to)).toMatchObject({ outcome: "permanent", code });
    expect(scene.telegram.calls).toEqual([]);
  });
});

describe("typing and reactions", () => {
  const { signal } = new AbortController();

  test("typing names the topic, the General topic too, and swallows every failure", async () => {
    await using scene = await Scene.open();
    scene.telegram.people.addChat({ id: -100, title: "Forum", isForum: true });
    await scene.channel.typing.show({ chatId: "-100", threadId: "1" }, signal);
    expect(scene.telegram.calls.at(-1)?.parameters).toEqual({
      chat_id: "-100",
      action: "typing",
      message_thread_id: 1,
    });
    await scene.channel.typing.show({ chatId: "404" }, signal);
    expect(scene.channel.typing.lastsMs).toBe(5_000);
  });

  test("a reaction is set and removed", async () => {
    await using scene = await Scene.open();
    const number = scene.telegram.people.says(scene.ada, "hi").message?.message_id ?? 0;
    await scene.channel.reactions.react({ chatId: "7" }, String(number), "👍", signal);
    expect(scene.telegram.reactions(7, number)).toEqual(["👍"]);
    await scene.channel.reactions.react({ chatId: "7" }, String(number), "", signal);
    expect(scene.telegram.reactions(7, number)).toEqual([]);
  });

  test.each([
    ["an emoji Telegram does not offer", "1", "Z"],
    ["a message that is none", "callback:1", "👍"],
  ])("%s is refused for good", async (_name, messageId, emoji) => {
    await using scene = await Scene.open();
    scene.telegram.people.says(scene.ada, "hi");
    const reaction = scene.channel.reactions.react({ chatId: "7" }, messageId, emoji, signal);
    await expect(reaction).rejects.toBeInstanceOf(ChannelError);
    await expect(reaction).rejects.toMatchObject({ code: "UNSUPPORTED", retryable: false });
  });

  test("a reaction that failed on the way may be tried again", async () => {
    await using scene = await Scene.open();
    scene.telegram.failNext("setMessageReaction", { kind: "drop", when: "before" });
    const reaction = scene.channel.reactions.react({ chatId: "7" }, "1", "👍", signal);
    await expect(reaction).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  });
});

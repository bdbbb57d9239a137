import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { MediaContent, MediaKind, OutboundContent } from "@openclaw/channels-contract";
import type { Fault } from "@openclaw/testkit/fake-telegram";
import { countOnSignal } from "@openclaw/testkit/signals";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { Scene } from "./scene.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const refusal = (code: number, description: string, parameters?: object): Fault => ({
  kind: "error",
  code,
  description,
  ...(parameters === undefined ? {} : { parameters }),
});

const bytes = Buffer.alloc(200_000, 7);

async function file(media: MediaKind, fields: Partial<MediaContent> = {}, data = bytes): Promise<MediaContent> {
  const path = join(directory.path, "file");
  await writeFile(path, data);
  return { kind: "media", media, source: { type: "file", path, size: data.length }, ...fields };
}

describe("files", () => {
  test.each([
    ["image", "image/jpeg", "sendPhoto", "photo"],
    ["image", "image/gif", "sendAnimation", "animation"],
    ["video", "video/mp4", "sendVideo", "video"],
    ["video", "video/webm", "sendDocument", "document"],
    ["audio", "audio/mpeg", "sendAudio", "audio"],
    ["audio", "audio/flac", "sendDocument", "document"],
    ["voice", "audio/ogg", "sendVoice", "voice"],
    ["document", "application/pdf", "sendDocument", "document"],
    ["sticker", "image/webp", "sendSticker", "sticker"],
  ] as const)("%s of type %s goes out by %s", async (media, mimeType, method, field) => {
    await using scene = await Scene.open();
    const content = await file(media, { mimeType, fileName: "a.bin" });
    expect(await scene.deliver(content)).toMatchObject({ outcome: "sent", messageId: "1" });
    const { call } = await scene.telegram.waitForMessage();
    expect(call.method).toBe(method);
    expect(call.files[field]?.name).toBe("a.bin");
    expect(call.files[field]?.data.equals(bytes)).toBe(true);
  });

  test("audio as voice, caption, reply, topic, spoiler, silence and buttons arrive beside the bytes", async () => {
    await using scene = await Scene.open();
    scene.telegram.people.addChat({ id: -100, title: "Forum", isForum: true });
    scene.telegram.people.addTopic(-100, 42, "Topic");
    const { message } = scene.telegram.people.says(scene.ada, "question", { chatId: -100, threadId: 42 });
    const content = await file("image", {
      caption: "**look**",
      spoiler: true,
      silent: true,
      fileName: 'a"b\r\nc.png',
      buttons: [[{ text: "Yes", data: "yes" }], [{ text: "Docs", url: "https://example.com" }]],
    });
    await scene.deliver(content, { chatId: "-100", threadId: "42" }, String(message?.message_id));
    await scene.deliver(await file("audio", { asVoice: true }), { chatId: "-100" });
    const [photo, voice] = scene.telegram.sent;
    expect(photo?.message).toMatchObject({
      caption: "look",
      caption_entities: [{ type: "bold" }],
      message_thread_id: 42,
      reply_to_message: { text: "question" },
      reply_markup: {
        inline_keyboard: [[{ text: "Yes", callback_data: "yes" }], [{ text: "Docs", url: "https://example.com" }]],
      },
    });
    expect(photo?.call.parameters).toMatchObject({ has_spoiler: "true", disable_notification: "true" });
    expect(photo?.call.files["photo"]?.name).toBe("a_b__c.png");
    expect(voice?.call.method).toBe("sendVoice");
  });

  test("a sticker is sent by its file id", async () => {
    await using scene = await Scene.open();
    const update = scene.telegram.people.sendsFile(scene.ada, { kind: "sticker", data: bytes });
    const { file_id: reference } = (update.message as unknown as { sticker: { file_id: string } }).sticker;
    const source = { type: "reference", reference } as const;
    expect(await scene.deliver({ kind: "media", media: "sticker", source })).toMatchObject({ outcome: "sent" });
    expect(scene.telegram.calls.at(-1)?.parameters).toMatchObject({ sticker: reference });
  });

  test("a picture Telegram can not show goes out as a document", async () => {
    await using scene = await Scene.open();
    scene.telegram.failNext("sendPhoto", refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"));
    expect(await scene.deliver(await file("image"))).toMatchObject({ outcome: "sent" });
    expect(scene.telegram.sent.map(({ call }) => call.method)).toEqual(["sendDocument"]);
  });

  test("a caption Telegram can not parse goes out without formatting", async () => {
    await using scene = await Scene.open();
    scene.telegram.failNext("sendPhoto", refusal(400, "Bad Request: can't parse entities: x"));
    expect(await scene.deliver(await file("image", { caption: "**a**" }))).toMatchObject({ outcome: "sent" });
    expect(scene.telegram.sent[0]?.message.caption).toBe("**a**");
    expect(scene.telegram.sent[0]?.call.files["photo"]?.data.equals(bytes)).toBe(true);
  });

  test.each([
    ["F5 blocked", refusal(403, "Forbidden: bot was blocked by the user"), { outcome: "permanent", code: "BLOCKED" }],
    ["F5 too large", refusal(413, "Request Entity Too Large"), { outcome: "permanent", code: "FILE_TOO_LARGE" }],
    ["429", refusal(429, "Too Many Requests", { retry_after: 9 }), { outcome: "retry", retryAfterMs: 9_000 }],
    ["F6 500", refusal(500, "Internal Server Error"), { outcome: "unknown" }],
    ["F6 502 without JSON", { kind: "html", status: 502 }, { outcome: "unknown" }],
    ["F6 a cut connection", { kind: "drop", when: "before" }, { outcome: "unknown" }],
    ["F6 a cut connection after the effect", { kind: "drop", when: "after" }, { outcome: "unknown" }],
  ] satisfies [string, Fault, object][])("%s", async (_name, fault, outcome) => {
    await using scene = await Scene.open();
    scene.telegram.failNext("sendDocument", fault);
    expect(await scene.deliver(await file("document"))).toMatchObject(outcome);
    expect(scene.telegram.calls).toHaveLength(1);
  });

  test("F6 a refused connection is certainly not sent", async () => {
    await using scene = await Scene.open();
    await scene.telegram.goOffline();
    expect(await scene.deliver(await file("document"))).toMatchObject({ outcome: "retry" });
  });

  test("F5 a file that is gone, or a directory in its place, ends the message and nothing else", async () => {
    await using scene = await Scene.open();
    for (const path of [join(directory.path, "none"), directory.path]) {
      const content: MediaContent = { kind: "media", media: "document", source: { type: "file", path, size: 1 } };
      expect(await scene.deliver(content)).toMatchObject({ outcome: "permanent", code: "MEDIA_GONE" });
    }
    expect(scene.telegram.sent).toEqual([]);
  });

  test("F5 files and captions over Telegram's limits are refused without asking", async () => {
    await using scene = await Scene.open();
    const tooLarge: MediaContent = {
      kind: "media",
      media: "document",
      source: { type: "file", path: "/", size: 51 * 1_048_576 },
    };
    expect(await scene.deliver(tooLarge)).toMatchObject({ outcome: "permanent", code: "FILE_TOO_LARGE" });
    const tooLong = await file("image", { caption: "x".repeat(1_025) });
    expect(await scene.deliver(tooLong)).toMatchObject({ outcome: "permanent", code: "CAPTION_TOO_LONG" });
    expect(scene.telegram.calls).toEqual([]);
  });
});

describe("changes", () => {
  const text = { kind: "text", text: "before" } as const;

  test("an edit replaces the text and the buttons; the same once more counts as sent", async () => {
    await using scene = await Scene.open();
    await scene.deliver(text);
    const edit: OutboundContent = {
      kind: "edit",
      messageId: "1",
      text: "*after*",
      buttons: [[{ text: "A", data: "a" }]],
    };
    expect(await scene.deliver(edit)).toMatchObject({ outcome: "sent", messageId: "1" });
    expect(scene.telegram.message(7, 1)).toMatchObject({ text: "after", reply_markup: { inline_keyboard: [[{}]] } });
    expect(await scene.deliver(edit)).toMatchObject({ outcome: "sent", messageId: "1" });
  });

  test("an edit of a file's message changes its caption", async () => {
    await using scene = await Scene.open();
    await scene.deliver(await file("image", { caption: "before" }));
    expect(await scene.deliver({ kind: "edit", messageId: "1", text: "after" })).toMatchObject({ outcome: "sent" });
    expect(scene.telegram.message(7, 1)?.caption).toBe("after");
  });

  test.each([
    [{ kind: "edit", messageId: "99", text: "x" }, "MESSAGE_NOT_FOUND"],
    [{ kind: "reaction", messageId: "99", emoji: "👍" }, "MESSAGE_NOT_FOUND"],
    [{ kind: "edit", messageId: "callback:1", text: "x" }, "MESSAGE_ID_INVALID"],
    [{ kind: "delete", messageId: "m1" }, "MESSAGE_ID_INVALID"],
    [{ kind: "edit", messageId: "1", text: " " }, "EMPTY_TEXT"],
  ] satisfies [OutboundContent, string][])("F5 %j is refused for good with %s", async (content, code) => {
    await using scene = await Scene.open();
    expect(await scene.deliver(content)).toMatchObject({ outcome: "permanent", code });
  });

  test("F5 a reaction Telegram does not offer is refused for good", async () => {
    await using scene = await Scene.open();
    await scene.deliver(text);
    const reaction: OutboundContent = { kind: "reaction", messageId: "1", emoji: "Z" };
    expect(await scene.deliver(reaction)).toMatchObject({ outcome: "permanent", code: "REACTION_INVALID" });
  });

  test("a message that is gone counts as deleted", async () => {
    await using scene = await Scene.open();
    expect(await scene.deliver({ kind: "delete", messageId: "99" })).toMatchObject({ outcome: "sent" });
  });

  test.each([
    ["editMessageText", { kind: "edit", messageId: "1", text: "after" }],
    ["deleteMessage", { kind: "delete", messageId: "1" }],
    ["setMessageReaction", { kind: "reaction", messageId: "1", emoji: "👍" }],
  ] satisfies [string, OutboundContent][])(
    "F6 %s whose answer was lost is unknown, and repeating it is sent",
    async (method, content) => {
      await using scene = await Scene.open();
      await scene.deliver(text);
      scene.telegram.failNext(method, { kind: "drop", when: "after" });
      expect(await scene.deliver(content)).toMatchObject({ outcome: "unknown" });
      expect(await scene.deliver(content)).toMatchObject({ outcome: "sent", messageId: "1" });
    },
  );
});

describe("polls and buttons", () => {
  test("a poll has its options", async () => {
    await using scene = await Scene.open();
    const poll: OutboundContent = { kind: "poll", question: "Tea?", options: ["yes", "no"], multiple: true };
    expect(await scene.deliver(poll)).toMatchObject({ outcome: "sent" });
    expect(scene.telegram.sent[0]?.message).toMatchObject({
      poll: { question: "Tea?", options: [{ text: "yes" }, { text: "no" }], allows_multiple_answers: true },
    });
  });

  test.each([
    [{ capabilities: { inlineButtons: "dm" } }, "7", undefined],
    [{ capabilities: { inlineButtons: "dm" } }, "-100", /direct chats only/],
    [{ capabilities: { inlineButtons: "group" } }, "7", /groups only/],
    [{ capabilities: { inlineButtons: "group" } }, "-100", undefined],
    [{ capabilities: { inlineButtons: "allowlist" } }, "-100", undefined],
    [{ capabilities: ["inlineButtons"] }, "7", undefined],
  ])("%j shows buttons in chat %s where it may", async (section, chatId, objection) => {
    await using scene = await Scene.open({ section });
    expect(scene.channel.capabilities.outbound?.buttons).toEqual({ maxDataBytes: 64, maxButtons: 100 });
    const content: OutboundContent = { kind: "text", text: "a", buttons: [[{ text: "A", data: "a" }]] };
    const said = scene.channel.objection({ chatId }, content);
    if (objection === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(objection);
    expect(scene.channel.objection({ chatId }, { kind: "text", text: "a" })).toBeUndefined();
  });

  test.each([
    ["allowlist", true, true],
    ["all", true, true],
    ["dm", true, false],
    ["group", false, true],
    ["off", false, false],
  ])("under %s a tap in a direct chat is read: %s, in a group: %s", async (inlineButtons, direct, group) => {
    await using scene = await Scene.open({ section: { capabilities: { inlineButtons } } });
    scene.telegram.people.addChat({ id: -100, title: "Team" });
    const tapIn = async (chatId: string) => {
      await scene.deliver({ kind: "text", text: "?", buttons: [[{ text: "A", data: "a" }]] }, { chatId });
      const { message } = scene.telegram.sent.at(-1) ?? {};
      if (message === undefined) throw new Error("nothing was sent");
      const update = scene.telegram.people.taps(scene.ada, message, "a");
      const tap = scene.channel.parse({ bot: { id: 1 }, receivedAt: 1, update });
      if (tap !== null) expect(tap.onlyListed === true).toBe(inlineButtons === "allowlist");
      return tap?.text;
    };
    expect(await tapIn("7")).toBe(direct ? "callback_data: a" : undefined);
    expect(await tapIn("-100")).toBe(group ? "callback_data: a" : undefined);
  });

  test("what the configuration switches off is no capability", async () => {
    await using scene = await Scene.open({
      section: {
        capabilities: { inlineButtons: "off" },
        actions: { sendMessage: false, reactions: false, deleteMessage: false, sticker: true },
        mediaMaxMb: 2,
      },
    });
    const { outbound, maxDownloadBytes } = scene.channel.capabilities;
    expect(outbound).toMatchObject({
      agentSends: false,
      reaction: false,
      delete: false,
      media: { maxBytes: 2_097_152 },
    });
    expect(outbound).not.toHaveProperty("buttons");
    expect(outbound?.media?.kinds).toContain("sticker");
    expect(maxDownloadBytes).toBe(2_097_152);
  });
});

describe("downloads", () => {
  const { signal } = new AbortController();

  async function sentFile(scene: Scene) {
    const update = scene.telegram.people.sendsFile(scene.ada, { kind: "photo", data: bytes });
    const raw = { bot: { id: 1 }, receivedAt: 1, update };
    return scene.channel.parse(raw)?.media?.[0]?.reference;
  }

  async function read(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  test("a file comes whole, with its size", async () => {
    await using scene = await Scene.open();
    const { stream, size } = await scene.channel.fetchMedia(await sentFile(scene), signal);
    expect(size).toBe(bytes.length);
    expect((await read(stream)).equals(bytes)).toBe(true);
  });

  test("F16 a fetched file leaves nothing behind at the signal it was fetched with, whatever came of it", async () => {
    await using scene = await Scene.open();
    const reference = await sentFile(scene);
    const long = new AbortController();
    for (let file = 0; file < 10; file += 1) {
      const { stream } = await scene.channel.fetchMedia(reference, long.signal);
      if (file % 2 === 0) await read(stream);
      else for await (const _chunk of stream) break;
    }
    scene.telegram.failNext("getFile", refusal(400, "Bad Request: wrong file_id"));
    await expect(scene.channel.fetchMedia(reference, long.signal)).rejects.toThrow();
    await scene.channel.probe?.(long.signal);
    expect(countOnSignal(long.signal)).toBe(0);
  });

  test("F6 a download that is cut fails as one that may be tried again", async () => {
    await using scene = await Scene.open();
    const reference = await sentFile(scene);
    scene.telegram.failNext("download", { kind: "drop", when: "before" });
    const { stream } = await scene.channel.fetchMedia(reference, signal);
    const reading = read(stream);
    await expect(reading).rejects.toMatchObject({ name: "ChannelError", code: "UNAVAILABLE", retryable: true });
    await expect(reading).rejects.not.toThrow(scene.telegram.token);
  });

  test.each([
    ["getFile", refusal(400, "Bad Request: file is too big"), { code: "UNSUPPORTED" }],
    ["getFile", refusal(400, "Bad Request: wrong file_id"), { code: "UNSUPPORTED" }],
    ["getFile", refusal(500, "Internal Server Error"), { code: "UNAVAILABLE" }],
    ["getFile", refusal(429, "Too Many Requests", { retry_after: 1 }), { code: "UNAVAILABLE" }],
    ["download", refusal(404, "Not Found"), { code: "UNAVAILABLE" }],
  ] satisfies [string, Fault, { code: string }][])(
    "%s answered with %j is a ChannelError",
    async (method, fault, { code }) => {
      await using scene = await Scene.open();
      const reference = await sentFile(scene);
      scene.telegram.failNext(method, fault);
      const fetching = scene.channel.fetchMedia(reference, signal);
      await expect(fetching).rejects.toMatchObject({ name: "ChannelError", code });
    },
  );

  test("a download that stands still is given up", async () => {
    await using scene = await Scene.open({ section: { timeoutSeconds: 1 } });
    const reference = await sentFile(scene);
    scene.telegram.failNext("download", { kind: "hang" });
    await expect(scene.channel.fetchMedia(reference, signal)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

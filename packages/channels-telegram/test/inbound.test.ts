import { readdirSync, readFileSync } from "node:fs";

import { ChannelError } from "@openclaw/channels-contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseUpdate } from "../src/inbound.ts";
import { payloads, recorded, recordedMessage } from "./payloads.ts";

const group = { id: -100_200, type: "supergroup", title: "Team" };
const forum = { ...group, is_forum: true };
const botUser = { id: 1_234_567_890, is_bot: true, first_name: "Fake Bot", username: "fake_test_bot" };
const mention = (text: string, type = "mention") => ({ text, entities: [{ type, offset: 0, length: text.length }] });

describe("chats and senders", () => {
  test.each([
    ["a group", { chat: group, text: "x" }, { chat: { id: "-100200", type: "group", title: "Team" } }],
    ["a small group", { chat: { ...group, type: "group" }, text: "x" }, { chat: { type: "group" } }],
    [
      "a forum topic",
      { chat: forum, is_topic_message: true, message_thread_id: 42, text: "x" },
      { chat: { threadId: "42" } },
    ],
    ["the General topic", { chat: forum, text: "x" }, { chat: { threadId: "1" } }],
    ["a bot", { from: { id: 8, is_bot: true, first_name: "Other" }, text: "x" }, { sender: { id: "8", isBot: true } }],
    ["the bot itself", { from: botUser, text: "x" }, { sender: { isSelf: true } }],
    [
      "an anonymous administrator",
      { chat: group, sender_chat: group, text: "x" },
      { sender: { id: "-100200", displayName: "Team" } },
    ],
    [
      "a person with one name",
      { from: { id: 8, is_bot: false, first_name: "Bo" }, text: "x" },
      { sender: { displayName: "Bo" } },
    ],
  ])("%s", (_name, fields, message) => {
    expect(parseUpdate(recordedMessage(fields))).toMatchObject(message);
  });

  test("a reply thread in an ordinary group is no topic", () => {
    const message = parseUpdate(recordedMessage({ chat: group, message_thread_id: 42, text: "x" }));
    expect(message?.chat).not.toHaveProperty("threadId");
  });
});

describe("mentions", () => {
  test.each([
    ["@username", mention("@fake_test_bot"), true],
    ["@Username in another case", mention("@Fake_Test_Bot"), true],
    ["someone else", mention("@fake_test_bot2"), false],
    ["the name without an entity", { text: "@fake_test_bot" }, false],
    ["a command for the bot", mention("/status@fake_test_bot", "bot_command"), true],
    ["a command for anyone", mention("/status", "bot_command"), false],
    ["a command for another bot", mention("/status@other_bot", "bot_command"), false],
    [
      "a mention without a username",
      { text: "Bot", entities: [{ type: "text_mention", offset: 0, length: 3, user: botUser }] },
      true,
    ],
    [
      "after characters of two code units",
      { text: "😀 @fake_test_bot", entities: [{ type: "mention", offset: 3, length: 14 }] },
      true,
    ],
    [
      "in a caption",
      {
        photo: [{ file_id: "f", file_unique_id: "u" }],
        caption: "@fake_test_bot",
        caption_entities: [{ type: "mention", offset: 0, length: 14 }],
      },
      true,
    ],
  ])("%s: %o", (_name, fields, mentionsSelf) => {
    expect(parseUpdate(recordedMessage({ chat: group, ...fields }))).toMatchObject({ mentionsSelf });
  });
});

describe("replies", () => {
  const replied = { message_id: 3, date: 1, from: botUser, text: "earlier" };

  test.each([
    [
      "to the bot",
      { reply_to_message: replied },
      { messageId: "3", text: "earlier", senderName: "Fake Bot", isSelf: true },
    ],
    ["with a quote", { reply_to_message: replied, quote: { text: "ear" } }, { text: "ear" }],
    ["to a caption", { reply_to_message: { ...replied, text: undefined, caption: "look" } }, { text: "look" }],
    [
      "to another person",
      { reply_to_message: { ...replied, from: { id: 9, is_bot: false, first_name: "Bo" } } },
      { isSelf: false, senderName: "Bo" },
    ],
  ])("%s", (_name, fields, replyTo) => {
    expect(parseUpdate(recordedMessage({ text: "x", ...fields }))?.replyTo).toMatchObject(replyTo);
  });

  test("in a topic, a message that answers nothing is no reply", () => {
    const created = { message_id: 42, date: 1, from: botUser, forum_topic_created: { name: "Topic" } };
    const fields = { chat: forum, is_topic_message: true, message_thread_id: 42, text: "x", reply_to_message: created };
    expect(parseUpdate(recordedMessage(fields))).not.toHaveProperty("replyTo");
  });
});

describe("files and places", () => {
  const file = { file_id: "f", file_unique_id: "u", file_size: 10 };

  test.each([
    [
      "the largest photo",
      { photo: [{ ...file, file_id: "s", file_size: 1 }, file] },
      { kind: "image", mimeType: "image/jpeg", size: 10, reference: { fileId: "f", fileUniqueId: "u" } },
    ],
    ["a video", { video: { ...file, mime_type: "video/mp4" } }, { kind: "video", mimeType: "video/mp4" }],
    ["a round video", { video_note: file }, { kind: "video" }],
    ["an animation, once", { animation: file, document: file }, { kind: "video" }],
    [
      "music",
      { audio: { ...file, mime_type: "audio/mpeg", file_name: "a.mp3" } },
      { kind: "audio", fileName: "a.mp3" },
    ],
    ["a voice note", { voice: { ...file, mime_type: "audio/ogg" } }, { kind: "voice" }],
    ["a document", { document: { ...file, file_name: "a.pdf" } }, { kind: "document", fileName: "a.pdf" }],
    ["a sticker", { sticker: file }, { kind: "sticker" }],
  ])("%s", (_name, fields, reference) => {
    const message = parseUpdate(recordedMessage(fields));
    expect(message).toMatchObject({ text: "", media: [reference] });
    expect(message?.media).toHaveLength(1);
  });

  test.each([
    ["a caption", { photo: [file], caption: "look" }, "look"],
    ["a pin", { location: { latitude: 48.2, longitude: 16.4, horizontal_accuracy: 12.4 } }, "📍 48.2, 16.4 ±12m"],
    ["a live location", { location: { latitude: 1, longitude: 2, live_period: 60 } }, "🛰 Live location: 1, 2"],
    [
      "a place",
      {
        location: { latitude: 1, longitude: 2 },
        venue: { location: { latitude: 1, longitude: 2 }, title: "Café", address: "Ring 1" },
      },
      "📍 Café — Ring 1 (1, 2)",
    ],
  ])("%s", (_name, fields, text) => {
    expect(parseUpdate(recordedMessage(fields))?.text).toBe(text);
  });
});

describe("tapped buttons", () => {
  test("are messages of their own, answering the one they stand under", () => {
    const query = {
      id: "77",
      from: { id: 7, is_bot: false, first_name: "Ada" },
      message: { message_id: 5, chat: forum, date: 0, is_topic_message: true, message_thread_id: 42 },
      data: "yes",
    };
    expect(parseUpdate(recorded({ callback_query: query }))).toEqual({
      onlyListed: true,
      messageId: "callback:77",
      chat: { id: "-100200", type: "group", title: "Team", threadId: "42" },
      sender: { id: "7", displayName: "Ada", isBot: false, isSelf: false },
      text: "callback_data: yes",
      sentAt: 1_700_000_000_500,
      replyTo: { messageId: "5", isSelf: true },
      mentionsSelf: true,
    });
  });
});

test("whatever is stored, reading it gives a message, null or a ChannelError", () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.jsonValue().map((value) => recorded({ message: value })),
    fc
      .dictionary(
        fc.constantFrom("text", "chat", "from", "photo", "reply_to_message", "entities", "date"),
        fc.jsonValue(),
      )
      .map(recordedMessage),
    fc
      .dictionary(fc.constantFrom("id", "from", "message", "data"), fc.jsonValue())
      .map((query) => recorded({ callback_query: query })),
  );
  fc.assert(
    fc.property(anything, (raw) => {
      try {
        const message = parseUpdate(raw);
        expect(message === null || typeof message.text === "string").toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(ChannelError);
      }
    }),
    { numRuns: 1_000 },
  );
});

const folder = new URL("./fixtures/updates/", import.meta.url);

test.each(readdirSync(folder))("recorded update %s", (name) => {
  const fixture = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as { raw: unknown; message: unknown };
  expect(parseUpdate(fixture.raw)).toEqual(fixture.message);
});

test("the samples of the compliance suite are read as they say", () => {
  expect(payloads.silent.map((raw) => parseUpdate(raw))).toEqual(payloads.silent.map(() => null));
});

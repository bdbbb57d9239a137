import { ChannelError } from "@openclaw/channels-contract";
import { eventually } from "@openclaw/testkit/eventually";
import { describe, expect, test } from "vitest";

import { parseChange } from "../src/changes.ts";
import { recorded, recordedMessage } from "./payloads.ts";
import { Scene } from "./scene.ts";

const ada = { id: 7, is_bot: false, first_name: "Ada" };
const direct = { id: 7, type: "private" };
const group = { id: -100_200, type: "supergroup", title: "Team" };
const emoji = (...all: string[]) => all.map((one) => ({ type: "emoji", emoji: one }));
const reaction = (fields: object) =>
  recorded({
    message_reaction: {
      chat: direct,
      message_id: 5,
      user: ada,
      date: 1_700,
      old_reaction: [],
      new_reaction: [],
      ...fields,
    },
  });

describe("edits", () => {
  test("name the message they change, and say how it reads now", async () => {
    await using scene = await Scene.online();
    const { message } = scene.telegram.people.says(scene.ada, "helo");
    await eventually("the message", () => scene.host.events.length === 1);
    if (message !== undefined) scene.telegram.people.edits(message, "hello");
    await eventually("the edit", () => scene.host.events.length === 2);
    const [original, edit] = scene.host.events;
    expect(scene.channel.parse(edit?.raw)).toBeNull();
    const change = scene.channel.parseChange(edit?.raw);
    expect(change).toMatchObject({ kind: "edit", message: { messageId: String(message?.message_id), text: "hello" } });
    expect(original?.aliases).toContain(change?.kind === "edit" && change.recordedAs);
    expect(edit?.aliases).toBeUndefined();
  });

  test.each([
    ["a channel post", { edited_channel_post: { message_id: 9, chat: group, date: 1, text: "news" } }, "edit"],
    [
      "the steps of a live location",
      {
        edited_message: {
          message_id: 9,
          chat: direct,
          date: 1,
          location: { latitude: 1, longitude: 2, live_period: 60 },
        },
      },
      undefined,
    ],
    ["content nobody answers", { edited_message: { message_id: 9, chat: direct, date: 1 } }, undefined],
    ["a message", { message: { message_id: 9, chat: direct, date: 1, text: "x" } }, undefined],
  ])("%s", (_what, update, kind) => {
    expect(parseChange(recorded(update), "all")?.kind).toBe(kind);
  });

  test("a payload that is none is unreadable", () => {
    expect(() => parseChange({ update: 1 }, "all")).toThrow(ChannelError);
  });
});

describe("reactions", () => {
  test.each([
    ["added", { new_reaction: emoji("👍") }, { added: ["👍"], removed: [] }],
    ["removed", { old_reaction: emoji("👍") }, { added: [], removed: ["👍"] }],
    [
      "changed",
      { old_reaction: emoji("👍", "🎉"), new_reaction: emoji("🎉", "👎") },
      { added: ["👎"], removed: ["👍"] },
    ],
    ["custom", { new_reaction: [{ type: "custom_emoji", custom_emoji_id: "1" }] }, { added: ["(custom_emoji)"] }],
    ["by a chat", { user: undefined, actor_chat: group, new_reaction: emoji("👍") }, { sender: { id: "-100200" } }],
  ])("%s", (_what, fields, expected) => {
    expect(parseChange(reaction(fields), "own")).toMatchObject({
      kind: "reaction",
      ownOnly: true,
      at: 1_700_000,
      ...expected,
    });
  });

  test("are wanted as the account says, and asked for only then", async () => {
    expect(parseChange(reaction({ new_reaction: emoji("👍") }), "all")).toMatchObject({ ownOnly: false });
    expect(parseChange(reaction({ new_reaction: emoji("👍") }), "off")).toBeNull();
    expect(parseChange(reaction({}), "all")).toBeNull();
    await using scene = await Scene.online({ section: { reactionNotifications: "off" } });
    const poll = scene.telegram.calls.find(({ method }) => method === "getUpdates");
    expect(poll?.parameters["allowed_updates"]).not.toContain("message_reaction");
  });
});

describe("albums", () => {
  test("their parts share a name, in whatever update they come", async () => {
    await using scene = await Scene.online();
    const photos = [Buffer.from("one"), Buffer.from("two")];
    scene.telegram.people.sendsAlbum(scene.ada, { photos, caption: "look", id: "17" });
    await eventually("both parts", () => scene.host.events.length === 2);
    const album = `${scene.telegram.bot.id}:album:7:17`;
    expect(scene.host.events.map((event) => event.album)).toEqual([album, album]);
    scene.telegram.people.says(scene.ada, "text");
    await eventually("the text", () => scene.host.events.length === 3);
    expect(scene.host.events[2]).not.toHaveProperty("album");
  });
});

describe("groups that become supergroups", () => {
  test("both service messages are one event", async () => {
    await using scene = await Scene.online();
    scene.telegram.people.addChat({ id: -5, title: "Team", type: "group" });
    scene.telegram.people.migrate(-5, -1_005, { tells: true });
    await eventually("the confirmation", () => scene.telegram.pending.length === 0);
    expect(scene.host.events.map(({ raw }) => scene.channel.parseChange(raw))).toEqual([
      { kind: "move", fromChatId: "-5", toChatId: "-1005" },
    ]);
    expect(parseChange(recordedMessage({ chat: group, migrate_from_chat_id: -5 }), "own")).toMatchObject({
      fromChatId: "-5",
      toChatId: "-100200",
    });
  });

  test("F40 what a refusal tells is recorded, once, under the name the service messages have", async () => {
    await using scene = await Scene.online();
    scene.telegram.people.addChat({ id: -5, title: "Team", type: "group" });
    scene.telegram.people.migrate(-5, -1_005);
    expect(await scene.send("one", { chatId: "-5" })).toMatchObject({ outcome: "sent" });
    expect(await scene.send("two", { chatId: "-5" })).toMatchObject({ outcome: "sent" });
    await eventually("the record", () => scene.host.events.length === 1);
    const [event] = scene.host.events;
    expect(event?.eventId).toBe(`${scene.telegram.bot.id}:move:-5:-1005`);
    expect(scene.channel.parse(event?.raw)).toBeNull();
    expect(scene.channel.parseChange(event?.raw)).toEqual({ kind: "move", fromChatId: "-5", toChatId: "-1005" });
  });
});

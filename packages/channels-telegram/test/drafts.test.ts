import { describe, expect, test } from "vitest";

import { parseUpdate } from "../src/inbound.ts";
import { recordedMessage } from "./payloads.ts";
import { Scene } from "./scene.ts";

const signal = () => new AbortController().signal;
const topic = { chatId: "7", threadId: "42" };

describe("drafts", () => {
  test("are shown in topics of private chats, formatted, under one number", async () => {
    await using scene = await Scene.open();
    scene.telegram.people.addTopic(7, 42, "Topic");
    await scene.channel.drafts?.show(topic, { id: 5, text: "**One**" }, signal());
    expect(scene.telegram.calls.at(-1)).toMatchObject({
      method: "sendMessageDraft",
      parameters: { chat_id: "7", message_thread_id: 42, draft_id: 5, text: "<b>One</b>", parse_mode: "HTML" },
    });
    expect(scene.telegram.sent).toEqual([]);
    expect(scene.channel.drafts?.shows(topic)).toBe(true);
    expect(scene.channel.drafts?.shows({ chatId: "7" })).toBe(false);
    expect(scene.channel.drafts?.shows({ chatId: "-100", threadId: "42" })).toBe(false);
    const refused = scene.channel.drafts?.show({ chatId: "7", threadId: "43" }, { id: 5, text: "x" }, signal());
    await expect(refused).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  test.each([
    ["off", {}, undefined],
    ["partial", {}, { intervalMs: 1_000 }],
    ["block", {}, { blocks: { minChars: 200, maxChars: 800, breakPreference: "paragraph" } }],
    [
      "block",
      { minChars: 900, breakPreference: "newline" },
      { blocks: { minChars: 900, maxChars: 900, breakPreference: "newline" } },
    ],
  ])("streamMode %s with %o", async (streamMode, draftChunk, expected) => {
    await using scene = await Scene.open({ section: { streamMode, draftChunk } });
    if (expected === undefined) expect(scene.channel.drafts).toBeUndefined();
    else expect(scene.channel.drafts).toMatchObject(expected);
  });

  test("the topic of a private chat is read from its messages", () => {
    expect(parseUpdate(recordedMessage({ text: "x", message_thread_id: 42 }))?.chat).toMatchObject({ threadId: "42" });
  });
});

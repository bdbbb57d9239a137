import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { joinReplies, parseReply, shownSoFar, withoutMedia } from "../../src/agent/reply-text.ts";

describe("parseReply", () => {
  it.each([
    ["plain words", "Hello there.", "Hello there."],
    ["a thought", "<think>hm</think>Hello.", "Hello."],
    ["a thought with code in it", "<thinking>`</thinking>`\n```\nx</thinking>Hello.", "`\n```\nx</thinking>Hello."],
    ["a thought without an end", "Hello. <think>and then", "Hello."],
    ["a thought without a beginning", "The person wants a greeting.</think>\nHello.", "Hello."],
    ["final blocks, which are all that is shown", "noise <final>Hello.</final> noise", "Hello."],
    ["a final block without an end", "<think>x</think><final>Hello.", "Hello."],
    [
      "tags in code, which stay",
      "Write `<think>` or\n```\n<final>x</final>\nMEDIA:/a\n```",
      "Write `<think>` or\n```\n<final>x</final>\nMEDIA:/a\n```",
    ],
    ["a comparison", "a < b and c > d", "a < b and c > d"],
    ["speech directives", "[[tts:voice=x]] Hello. [[tts:text]]Halloo[[/tts:text]]", "Hello."],
    ["words for speaking alone", "[[tts:text]]Halloo[[/tts:text]]", "Halloo"],
    ["HEARTBEAT_OK at the start", "HEARTBEAT_OK All is well.", "All is well."],
    ["HEARTBEAT_OK at the end", "All is well.\n\n**HEARTBEAT_OK**", "All is well."],
    ["HEARTBEAT_OK alone", "HEARTBEAT_OK.", ""],
    [
      "HEARTBEAT_OK in the middle, which is a word like others",
      "I say HEARTBEAT_OK when idle.",
      "I say HEARTBEAT_OK when idle.",
    ],
    ["NO_REPLY at the end", "That is all. NO_REPLY", "That is all."],
    ["a word that begins like a token", "NO_REPLYING is odd", "NO_REPLYING is odd"],
  ])("%s", (_name, answer, text) => {
    expect(parseReply(answer)).toMatchObject({ text, isSilent: false });
  });

  it.each([
    "NO_REPLY",
    "  NO_REPLY\nreally",
    "`NO_REPLY`",
    "<think>nothing to say</think>NO_REPLY",
    "NO_REPLY\nMEDIA:/a.png",
  ])("%j is silent", (answer) => {
    expect(parseReply(answer)).toMatchObject({ text: "", isSilent: true, media: [] });
  });

  it("reads whom to answer; the first directive counts", () => {
    expect(parseReply("[[reply_to_current]] Yes.")).toMatchObject({ text: "Yes.", replyTo: "current" });
    expect(parseReply("Yes [[ reply_to: 42 ]] and no")).toMatchObject({ text: "Yes and no", replyTo: { id: "42" } });
    expect(parseReply("`[[reply_to_current]]` is a tag").replyTo).toBeUndefined();
  });

  it("reads media lines, one path or address each", () => {
    const reply = parseReply(
      "Look:\nMEDIA:/tmp/a.png\n  MEDIA:https://example.org/b.jpg  \nNot MEDIA:/c\nMEDIA:/with space\n[[audio_as_voice]]",
    );
    expect(reply.media).toEqual(["/tmp/a.png", "https://example.org/b.jpg"]);
    expect(reply.audioAsVoice).toBe(true);
    expect(reply.text).toBe("Look:\n\nNot MEDIA:/c\nMEDIA:/with space");
    expect(withoutMedia(reply)).toContain("📎 /tmp/a.png (this gateway can not send attachments)");
    expect(withoutMedia(parseReply("Hi"))).toBe("Hi");
  });

  it("joins the answers of a turn and leaves the silent ones out", () => {
    const replies = ["One.", "NO_REPLY", "[[reply_to:7]]Two.\nMEDIA:/a"].map((answer) => parseReply(answer));
    expect(joinReplies(replies)).toMatchObject({
      text: "One.\n\nTwo.",
      isSilent: false,
      replyTo: { id: "7" },
      media: ["/a"],
    });
    expect(joinReplies([parseReply("NO_REPLY")])).toMatchObject({ text: "", isSilent: true });
    expect(joinReplies([])).toMatchObject({ text: "", isSilent: false });
  });

  it("takes any text, in time that grows with its length", () => {
    const piece = fc.constantFrom(
      "<think>",
      "</think>",
      "<final>",
      "</final>",
      "`",
      "```",
      "\n",
      "[[",
      "]]",
      "reply_to:",
      "MEDIA:",
      "NO_REPLY",
      "*",
      "a",
      " ",
      "\u{FDD0}1\u{FDD0}",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(typeof parseReply(pieces.join("")).text).toBe("string");
      }),
    );
    for (const part of ["<think>", "```\n", "`", "[[reply_to:", "MEDIA:", "<", "[[tts:text]]", "**", "\n~~~"]) {
      const startedAt = performance.now();
      parseReply(part.repeat(20_000));
      shownSoFar(part.repeat(20_000));
      expect(performance.now() - startedAt, part).toBeLessThan(2_000);
    }
  });
});

describe("shownSoFar", () => {
  it("never shows the beginning of a directive, and only grows", () => {
    const answer = "<think>hm</think>Hello [[reply_to:7]]there, `x` and\nMEDIA:/tmp/a.png\n**more**. HEARTBEAT_OK";
    let shown = "";
    for (let length = 0; length <= answer.length; length += 1) {
      const next = shownSoFar(answer.slice(0, length));
      expect(next).not.toMatch(/think|\[\[|MEDIA|HEARTBEAT/u);
      shown = next.length >= shown.length ? next : shown;
    }
    expect(shown).toBe("Hello there, `x` and\n\n**more**.");
  });
});

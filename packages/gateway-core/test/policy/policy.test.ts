import type { AccessSettings, InboundMessage } from "@openclaw/channels-contract";
import { describe, expect, it } from "vitest";

import { identityPatterns } from "../../src/policy/mentions.ts";
import { decide } from "../../src/policy/policy.ts";

const access = (changes: Partial<AccessSettings> = {}): AccessSettings => ({
  directPolicy: "pairing",
  allowFrom: ["7"],
  groupPolicy: "allowlist",
  groupAllowFrom: ["7"],
  ...changes,
});
const direct = (senderId: string, changes: Partial<InboundMessage> = {}): InboundMessage => ({
  messageId: "1",
  chat: { id: senderId, type: "direct" },
  sender: { id: senderId, username: "ada" },
  text: "hi",
  sentAt: 0,
  ...changes,
});
const group = (senderId: string, changes: Partial<InboundMessage> = {}): InboundMessage =>
  direct(senderId, { chat: { id: "-100", type: "group" }, mentionsSelf: true, ...changes });
const actionOf = (message: InboundMessage, settings: AccessSettings, isPaired = false) =>
  decide({ message, access: settings, isPaired }).action;

describe("direct messages", () => {
  it.each([
    ["pairing", "7", false, "answer"],
    ["pairing", "8", false, "pair"],
    ["pairing", "8", true, "answer"],
    ["allowlist", "8", false, "ignore"],
    ["allowlist", "8", true, "answer"],
    ["allowlist", "7", false, "answer"],
    ["open", "8", false, "ignore"],
    ["disabled", "7", true, "ignore"],
  ] as const)("under %s from %s (paired: %s): %s", (directPolicy, senderId, isPaired, action) => {
    expect(actionOf(direct(senderId), access({ directPolicy }), isPaired)).toBe(action);
  });

  it("under open with * from anyone: answer", () => {
    expect(actionOf(direct("8"), access({ directPolicy: "open", allowFrom: ["*"] }))).toBe("answer");
  });

  it("FS a username in the list lets nobody in: names change hands", () => {
    expect(actionOf(direct("8"), access({ directPolicy: "allowlist", allowFrom: ["@ada", "ada"] }))).toBe("ignore");
  });

  it("F36 ignores bots and the account itself", () => {
    expect(actionOf(direct("7", { sender: { id: "7", isBot: true } }), access())).toBe("ignore");
    expect(actionOf(direct("7", { sender: { id: "7", isSelf: true } }), access())).toBe("ignore");
  });
});

describe("what counts from listed senders only", () => {
  const tap = { onlyListed: true } as const;
  it.each([
    { where: "an open group", message: group, settings: { groupPolicy: "open" }, sender: "8", action: "ignore" },
    { where: "an open group", message: group, settings: { groupPolicy: "open" }, sender: "7", action: "answer" },
    {
      where: "an open group, from somebody paired",
      message: group,
      settings: { groupPolicy: "open" },
      sender: "8",
      isPaired: true,
      action: "answer",
    },
    {
      where: "an open group with *",
      message: group,
      settings: { groupPolicy: "open", groupAllowFrom: ["*"] },
      sender: "8",
      action: "answer",
    },
    {
      where: "a group with a list",
      message: group,
      settings: { groups: { "-100": { allowFrom: ["9"] } } },
      sender: "9",
      action: "answer",
    },
    { where: "a direct chat", message: direct, settings: {}, sender: "8", action: "ignore" },
    {
      where: "a direct chat, from somebody paired",
      message: direct,
      settings: {},
      sender: "8",
      isPaired: true,
      action: "answer",
    },
  ] as const)("in $where, from $sender: $action", (row) => {
    const isPaired = "isPaired" in row;
    expect(actionOf(row.message(row.sender, tap), access(row.settings), isPaired)).toBe(row.action);
  });
});

describe("groups", () => {
  it("answers a listed sender who mentions the bot or replies to it, and nobody else", () => {
    expect(actionOf(group("7"), access())).toBe("answer");
    expect(actionOf(group("8"), access(), true)).toBe("ignore");
    expect(actionOf(group("7", { mentionsSelf: false }), access())).toBe("overhear");
    expect(actionOf(group("7", { mentionsSelf: false, replyTo: { messageId: "0", isSelf: true } }), access())).toBe(
      "answer",
    );
  });

  it("considers only the groups that are listed, once any is", () => {
    expect(actionOf(group("7"), access({ groups: { "-200": {} } }))).toBe("ignore");
    expect(actionOf(group("7"), access({ groups: { "*": {} } }))).toBe("answer");
    expect(actionOf(group("8"), access({ groupPolicy: "open", groups: { "-200": {} } }))).toBe("ignore");
    expect(actionOf(group("8"), access({ groupPolicy: "open" }))).toBe("answer");
  });

  it("takes a topic's settings before its group's", () => {
    const groups = {
      "-100": {
        requireMention: true,
        systemPrompt: "group",
        topics: { "5": { requireMention: false, systemPrompt: "topic" } },
      },
    };
    const inTopic = group("7", { mentionsSelf: false, chat: { id: "-100", type: "group", threadId: "5" } });
    expect(decide({ message: inTopic, access: access({ groups }), isPaired: false })).toMatchObject({
      action: "answer",
      activation: "always",
      extraSystemPrompt: "topic",
    });
    expect(actionOf(group("7", { mentionsSelf: false }), access({ groups }))).toBe("overhear");
  });

  it("is called by the agent's names too, and by command at every message", () => {
    const heard = (text: string, more: object = {}) =>
      decide({
        message: group("7", { mentionsSelf: false, text }),
        access: access(),
        isPaired: false,
        mentionPatterns: identityPatterns({ name: "Ada B", emoji: "🦞" }),
        ...more,
      }).action;
    expect(heard("ada  b, are you there?")).toBe("answer");
    expect(heard("@Ada B!")).toBe("answer");
    expect(heard("🦞?")).toBe("answer");
    expect(heard("the adab project")).toBe("overhear");
    expect(heard("Ada Bell is here")).toBe("overhear");
    expect(heard("hello all", { activation: "always" })).toBe("answer");
    expect(heard("see (x", { mentionPatterns: ["(x", "hello"] })).toBe("overhear");
  });

  it("leaves commands to listed senders, where any are listed, unless the groups of access are off", () => {
    const authority = (senderId: string, settings: AccessSettings, more: object = {}) =>
      decide({ message: group(senderId), access: settings, isPaired: false, ...more });
    const open = access({ groupPolicy: "open", groupAllowFrom: [] });
    expect(authority("7", open)).toMatchObject({ mayCommand: true, isOwner: true });
    expect(authority("8", open)).toMatchObject({ mayCommand: false, isOwner: false });
    expect(authority("8", open, { useAccessGroups: false })).toMatchObject({ mayCommand: true, isOwner: false });
    expect(authority("8", { ...open, allowFrom: [] })).toMatchObject({ mayCommand: true, isOwner: false });
    expect(authority("8", { ...open, allowFrom: ["*"] }, { isPaired: true })).toMatchObject({ isOwner: true });
    expect(authority("8", open, { isPaired: true })).toMatchObject({ mayCommand: true, isOwner: false });
  });

  it("can turn a group, or all of them, off", () => {
    expect(actionOf(group("7"), access({ groups: { "-100": { enabled: false } } }))).toBe("ignore");
    expect(actionOf(group("7"), access({ groupPolicy: "disabled" }))).toBe("ignore");
  });

  it("says why it ignores", () => {
    expect(decide({ message: group("8"), access: access(), isPaired: false })).toMatchObject({
      reason: "the sender is not in groupAllowFrom",
    });
  });
});

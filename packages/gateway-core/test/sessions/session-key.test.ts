import { describe, expect, it } from "vitest";

import {
  agentOfSessionKey,
  canonicalSessionKey,
  mainSessionKey,
  type SessionKeySettings,
  sessionKeyOf,
} from "../../src/sessions/session-key.ts";

const settings = (changes: Partial<SessionKeySettings> = {}): SessionKeySettings => ({
  scope: "per-sender",
  dmScope: "main",
  mainKey: "main",
  ...changes,
});
const conversation = (changes: object = {}) => ({
  agentId: "main",
  channel: "telegram",
  account: "default",
  chat: { id: "42", type: "direct" as const },
  senderId: "42",
  ...changes,
});

describe("sessionKeyOf", () => {
  it.each([
    ["main", "agent:main:main"],
    ["per-peer", "agent:main:dm:42"],
    ["per-channel-peer", "agent:main:telegram:dm:42"],
    ["per-account-channel-peer", "agent:main:telegram:default:dm:42"],
  ] as const)("puts a direct chat under dmScope %s into %s", (dmScope, key) => {
    expect(sessionKeyOf(conversation(), settings({ dmScope }))).toBe(key);
  });

  it("gives every group and every topic of it a session of its own", () => {
    const chat = { id: "-1001", type: "group" as const };
    expect(sessionKeyOf(conversation({ chat }), settings())).toBe("agent:main:telegram:group:-1001");
    expect(sessionKeyOf(conversation({ chat: { ...chat, threadId: "7" } }), settings())).toBe(
      "agent:main:telegram:group:-1001:topic:7",
    );
  });

  it("puts linked identities into one session", () => {
    const linked = settings({ dmScope: "per-peer", identityLinks: { ada: ["telegram:42", "WhatsApp:+1555"] } });
    expect(sessionKeyOf(conversation(), linked)).toBe("agent:main:dm:ada");
    expect(sessionKeyOf(conversation({ channel: "whatsapp", senderId: "+1555" }), linked)).toBe("agent:main:dm:ada");
  });

  it("puts everything into one session under the global scope", () => {
    expect(sessionKeyOf(conversation(), settings({ scope: "global" }))).toBe("global");
    expect(mainSessionKey("main", settings({ scope: "global" }))).toBe("global");
  });
});

describe("canonicalSessionKey", () => {
  it.each([
    ["main", "agent:main:main"],
    ["Agent:Main:Wire1", "agent:main:wire1"],
    ["wire1", "agent:main:wire1"],
    ["global", "global"],
  ])("reads %s as %s", (given, key) => {
    expect(canonicalSessionKey(given, "main", settings())).toBe(key);
  });

  it("refuses what can not be a key", () => {
    expect(() => canonicalSessionKey("  ", "main", settings())).toThrow(/1 to 512 characters/);
    expect(() => canonicalSessionKey("x".repeat(513), "main", settings())).toThrow(/1 to 512 characters/);
  });
});

it("agentOfSessionKey names the agent in the key, else the default one", () => {
  expect(agentOfSessionKey("agent:work:main", "main")).toBe("work");
  expect(agentOfSessionKey("global", "main")).toBe("main");
});

import { expect, it } from "vitest";

import { maySend, type SendPolicySettings } from "../../src/sessions/rules/send-policy.ts";

const telegram = { key: "agent:main:telegram:group:-1", chatType: "group", channel: "telegram" } as const;
const direct = { key: "agent:main:main", chatType: "direct", channel: "telegram" } as const;

it("allows everything without rules", () => {
  expect(maySend(undefined, telegram)).toBe(true);
  expect(maySend({}, telegram)).toBe(true);
});

it("lets the first rule that denies win, and takes the default where none fits", () => {
  const policy: SendPolicySettings = {
    default: "deny",
    rules: [
      { action: "allow", match: { channel: "telegram" } },
      { action: "deny", match: { channel: "telegram", chatType: "group" } },
    ],
  };
  expect(maySend(policy, direct)).toBe(true);
  expect(maySend(policy, telegram)).toBe(false);
  expect(maySend(policy, { ...direct, channel: "whatsapp" })).toBe(false);
  expect(maySend({ rules: [{ action: "deny", match: { keyPrefix: "Agent:Main:Telegram" } }] }, telegram)).toBe(false);
  expect(
    maySend({ rules: [{ action: "deny", match: { chatType: "room" } }] }, { ...telegram, chatType: "channel" }),
  ).toBe(false);
});

it("goes by what was set for the session before all rules", () => {
  const deny: SendPolicySettings = { default: "deny" };
  expect(maySend(deny, { ...telegram, sendPolicy: "allow" })).toBe(true);
  expect(maySend(undefined, { ...telegram, sendPolicy: "deny" })).toBe(false);
});

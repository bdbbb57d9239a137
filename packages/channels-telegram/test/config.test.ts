import { describe, expect, test } from "vitest";

import { canonicalSender, telegramAccounts } from "../src/account/accounts.ts";
import { telegramConfigSchema } from "../src/config.ts";

const token = "1234567890:AAFakeTokenForTests_0123456789abcdefg";
const sameBot = "1234567890:AAAnotherTokenOfTheSameBot_0123456789";
const otherBot = "987654321:AAFakeTokenOfAnotherBot_0123456789abc";

function accounts(section: object, environment: Record<string, string> = {}) {
  return telegramAccounts(telegramConfigSchema.parse(section), environment);
}

function problems(section: object): string[] {
  const parsed = telegramConfigSchema.safeParse(section);
  return (parsed.error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("tokens", () => {
  test("the configuration beats the environment", () => {
    expect(accounts({ botToken: token }, { TELEGRAM_BOT_TOKEN: otherBot })).toMatchObject([
      { accountId: "default", configured: true, settings: { token }, secrets: [token] },
    ]);
  });

  test("the environment serves the default account, and no other", () => {
    expect(accounts({}, { TELEGRAM_BOT_TOKEN: ` ${token}\n` })).toMatchObject([
      { configured: true, settings: { token } },
    ]);
    expect(accounts({ accounts: { work: {} } }, { TELEGRAM_BOT_TOKEN: token })).toMatchObject([
      { accountId: "work", configured: false },
    ]);
  });

  test("a token file needs no token", () => {
    expect(accounts({ tokenFile: "~/bot.token" }, { TELEGRAM_BOT_TOKEN: token })).toMatchObject([
      { configured: true, settings: { tokenFile: "~/bot.token" }, secrets: [] },
    ]);
  });

  test("without any token the account says what to do", () => {
    expect(accounts({})).toMatchObject([
      {
        accountId: "default",
        enabled: true,
        configured: false,
        problem: "No bot token: set botToken or tokenFile, or TELEGRAM_BOT_TOKEN for the default account.",
      },
    ]);
  });

  test.each(["", "123456", "123456:short", "bot123456:AAFakeTokenForTests_0123456789abcdefg", `${token} x`])(
    "%j is no token, and is not shown",
    (botToken) => {
      const [account] = accounts({ botToken });
      expect(account).toMatchObject({ configured: false });
      expect(account?.problem).toMatch(
        /^The bot token does not look like a bot token: expected the bot's number, a colon/,
      );
      if (botToken !== "") expect(account?.problem).not.toContain(botToken);
    },
  );

  test.each([
    [
      "two accounts with one token",
      { accounts: { one: { botToken: token }, two: { botToken: token } } },
      "accounts.two.botToken",
    ],
    [
      "two tokens of one bot",
      { accounts: { one: { botToken: token }, two: { botToken: sameBot } } },
      "accounts.two.botToken",
    ],
    ["the section's token again", { botToken: token, accounts: { two: { botToken: token } } }, "accounts.two.botToken"],
    [
      "one token file twice",
      { accounts: { one: { tokenFile: "/t" }, two: { tokenFile: "/t" } } },
      "accounts.two.tokenFile",
    ],
  ])("F31 %s is an error", (_name, section, path) => {
    expect(problems(section)).toEqual([expect.stringMatching(`^${path}: Accounts ".+" and "two" use the same bot`)]);
  });

  test("F31 the environment's token is not shared either", () => {
    const section = { botToken: token, accounts: { default: {}, work: { botToken: otherBot } } };
    expect(accounts(section)).toMatchObject([{ configured: true }, { configured: true }]);
    const shared = { accounts: { default: {}, work: { botToken: token } } };
    expect(accounts(shared, { TELEGRAM_BOT_TOKEN: token })).toMatchObject([
      { accountId: "default", configured: true },
      { accountId: "work", configured: false, problem: 'It uses the same bot as account "default".' },
    ]);
  });
});

describe("accounts", () => {
  test("take from the section what they do not set, but never the token", () => {
    const section = {
      dmPolicy: "disabled",
      linkPreview: false,
      botToken: token,
      accounts: { work: { botToken: otherBot, linkPreview: true } },
    };
    expect(accounts(section)).toMatchObject([
      { accountId: "default", settings: { token, linkPreview: false }, access: { directPolicy: "disabled" } },
      { accountId: "work", settings: { token: otherBot, linkPreview: true }, access: { directPolicy: "disabled" } },
    ]);
  });

  test("are off when they, or the section, are", () => {
    expect(accounts({ botToken: token, enabled: false })).toMatchObject([{ enabled: false }]);
    const section = { enabled: false, accounts: { work: { botToken: token, enabled: true } } };
    expect(accounts(section)).toMatchObject([{ enabled: false }]);
    expect(accounts({ accounts: { work: { botToken: token, enabled: false } } })).toMatchObject([{ enabled: false }]);
  });

  test("F37 connect by IPv4 and IPv6 side by side unless told otherwise", () => {
    expect(accounts({ botToken: token })).toMatchObject([{ settings: { autoSelectFamily: true } }]);
    const network = { autoSelectFamily: false };
    expect(accounts({ botToken: token, network })).toMatchObject([{ settings: { autoSelectFamily: false } }]);
  });

  test("a long timeout is cut to what a send may take", () => {
    expect(accounts({ botToken: token, timeoutSeconds: 500 })).toMatchObject([{ settings: { timeoutSeconds: 50 } }]);
  });
});

describe("access", () => {
  test("the defaults: strangers pair, groups are for listed senders", () => {
    expect(accounts({ botToken: token })[0]?.access).toEqual({
      directPolicy: "pairing",
      allowFrom: [],
      groupPolicy: "allowlist",
      groupAllowFrom: [],
    });
  });

  test.each([
    ["123", "123"],
    [123, "123"],
    [" Telegram:123 ", "123"],
    ["tg: 123", "123"],
    ["-1001234", "-1001234"],
    ["*", "*"],
    ["@ada", undefined],
    ["ada", undefined],
    ["whatsapp:123", undefined],
  ])("%j is sender %j", (entry, sender) => {
    expect(canonicalSender(entry)).toBe(sender);
  });

  test("S names grant nothing, and that is said", () => {
    const [account] = accounts({
      botToken: token,
      dmPolicy: "allowlist",
      allowFrom: ["@ada", 7],
      groupAllowFrom: ["bo"],
    });
    expect(account).toMatchObject({ configured: true, access: { allowFrom: ["7"], groupAllowFrom: [] } });
    expect(account?.problem).toMatch(/^allowFrom lists "@ada", which grants nothing: .* groupAllowFrom lists "bo"/);
  });

  test("group senders fall back to allowFrom", () => {
    expect(accounts({ botToken: token, allowFrom: ["tg:7"] })[0]?.access.groupAllowFrom).toEqual(["7"]);
  });

  test("groups and topics are passed on", () => {
    const groups = {
      "*": { requireMention: false },
      "-100": {
        allowFrom: ["tg:1"],
        systemPrompt: "Be brief.",
        skills: [],
        topics: { "42": { enabled: false, allowFrom: [2] } },
      },
    };
    expect(accounts({ botToken: token, groups })[0]?.access.groups).toEqual({
      "*": { requireMention: false },
      "-100": { allowFrom: ["1"], systemPrompt: "Be brief.", topics: { "42": { enabled: false, allowFrom: ["2"] } } },
    });
  });

  test.each([
    [{ dmPolicy: "open" }, "allowFrom"],
    [{ dmPolicy: "open", allowFrom: [7] }, "allowFrom"],
    [{ allowFrom: [7], accounts: { work: { dmPolicy: "open" } } }, "accounts.work.allowFrom"],
  ])("S open needs the star: %j", (section, path) => {
    expect(problems(section)).toEqual([
      expect.stringMatching(`^${path}: dmPolicy "open" answers everyone, so allowFrom must contain "\\*"`),
    ]);
  });

  test("open with the star is fine, in an account too", () => {
    expect(problems({ dmPolicy: "open", allowFrom: ["*"] })).toEqual([]);
    expect(problems({ allowFrom: ["*"], accounts: { work: { dmPolicy: "open" } } })).toEqual([]);
  });
});

describe("the section", () => {
  test("takes every documented key", () => {
    const everything = {
      enabled: true,
      name: "Home",
      botToken: token,
      apiRoot: "http://127.0.0.1:8081",
      dmPolicy: "pairing",
      allowFrom: ["7"],
      groupPolicy: "open",
      groupAllowFrom: ["*"],
      groups: {
        "-1": {
          enabled: true,
          requireMention: true,
          allowFrom: [1],
          skills: ["a"],
          systemPrompt: "x",
          tools: { allow: ["a"], deny: ["b"] },
          toolsBySender: { "7": { profile: "full" } },
          topics: { "1": { skills: [] } },
        },
      },
      historyLimit: 50,
      dmHistoryLimit: 10,
      dms: { "7": { historyLimit: 5 } },
      replyToMode: "first",
      textChunkLimit: 4_000,
      chunkMode: "newline",
      linkPreview: true,
      streamMode: "block",
      draftChunk: { minChars: 200, maxChars: 800, breakPreference: "paragraph" },
      blockStreaming: false,
      blockStreamingCoalesce: { minChars: 1, maxChars: 2, idleMs: 3 },
      mediaMaxMb: 5,
      timeoutSeconds: 30,
      retry: { attempts: 3, minDelayMs: 400, maxDelayMs: 30_000, jitter: 0.1 },
      network: { autoSelectFamily: true },
      proxy: "socks5://127.0.0.1:1080",
      webhookUrl: "https://example.com/hook",
      webhookSecret: "s",
      webhookPath: "/telegram-webhook",
      actions: { reactions: true, sendMessage: true, deleteMessage: false, sticker: false },
      reactionNotifications: "own",
      reactionLevel: "ack",
      capabilities: { inlineButtons: "allowlist" },
      customCommands: [{ command: "backup", description: "Make a copy" }],
      commands: { native: "auto", nativeSkills: true },
      configWrites: true,
      markdown: { tables: "code" },
      heartbeat: { showOk: false, showAlerts: true, useIndicator: true },
    };
    expect(problems({ ...everything, accounts: { work: { ...everything, botToken: otherBot } } })).toEqual([]);
    expect(problems({ capabilities: ["inlineButtons"] })).toEqual([]);
  });

  test.each([
    [{ bottoken: token }, /Unrecognized key: "bottoken"/],
    [{ accounts: { work: { tokn: "x" } } }, /accounts\.work: Unrecognized key: "tokn"/],
    [{ dmPolicy: "everyone" }, /dmPolicy: /],
    [{ apiRoot: "ftp://example.com" }, /apiRoot: /],
    [{ textChunkLimit: 5_000 }, /textChunkLimit: /],
    [{ webhookUrl: "https://example.com/hook" }, /webhookSecret: A webhookUrl needs a webhookSecret/],
  ])("refuses %j", (section, problem) => {
    expect(problems(section).join("\n")).toMatch(problem);
  });

  test("what is not supported yet is said: a proxy keeps the account off", () => {
    expect(accounts({ botToken: token, proxy: "http://127.0.0.1:1" })).toMatchObject([{ configured: false }]);
    const webhook = { webhookUrl: "https://example.com/hook", webhookSecret: "s3cret" };
    expect(accounts({ botToken: token, ...webhook })).toMatchObject([
      {
        configured: true,
        secrets: [token, "s3cret"],
      },
    ]);
  });

  test("a token over plain http is warned of, except on this machine", () => {
    const problemOf = (apiRoot: string) => accounts({ botToken: token, apiRoot })[0]?.problem;
    expect(problemOf("http://telegram.example.com")).toBe("apiRoot is plain http: the bot token travels unencrypted.");
    expect(problemOf("http://127.0.0.1:8081")).toBeUndefined();
    expect(problemOf("http://localhost:8081")).toBeUndefined();
  });
});

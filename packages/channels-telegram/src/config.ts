import * as z from "zod";

import { botIdOf } from "./account/token.ts";

/** Senders: numeric user ids, alone or as `telegram:<id>` or `tg:<id>`, or "*". */
const senders = z
  .array(z.union([z.string(), z.number()]))
  .describe('Numeric Telegram user ids, also as "telegram:<id>" or "tg:<id>"; "*" is everyone.');

const toolPolicy = z.strictObject({
  profile: z.enum(["minimal", "coding", "messaging", "full"]).exactOptional(),
  allow: z.array(z.string()).exactOptional(),
  alsoAllow: z.array(z.string()).exactOptional(),
  deny: z.array(z.string()).exactOptional(),
});

const groupFields = {
  enabled: z.boolean().describe("False ignores the group.").exactOptional(),
  requireMention: z.boolean().describe("Answer only when the bot is named or replied to.").exactOptional(),
  allowFrom: senders.exactOptional(),
  skills: z.array(z.string()).describe("Skills in this group; omitted means all.").exactOptional(),
  systemPrompt: z.string().exactOptional(),
  tools: toolPolicy.exactOptional(),
  toolsBySender: z.record(z.string(), toolPolicy).exactOptional(),
};

const topicSchema = z.strictObject(groupFields);
const groupSchema = z.strictObject({
  ...groupFields,
  topics: z.record(z.string(), topicSchema).describe("Settings by forum topic id.").exactOptional(),
});

const count = z.int().nonnegative();
const webUrl = z.url({ protocol: /^https?$/ });
const inlineButtons = z.enum(["off", "dm", "group", "all", "allowlist"]);

const credentialFields = {
  enabled: z.boolean().describe("False keeps the account from starting.").exactOptional(),
  name: z.string().exactOptional(),
  botToken: z.string().describe("The token from @BotFather.").exactOptional(),
  tokenFile: z.string().describe("An absolute path, or one under ~/, of a file that holds the token.").exactOptional(),
  apiRoot: webUrl.describe("A self-hosted Bot API server. Default https://api.telegram.org.").exactOptional(),
};

const accessFields = {
  dmPolicy: z.enum(["pairing", "allowlist", "open", "disabled"]).exactOptional(),
  allowFrom: senders.exactOptional(),
  groupPolicy: z.enum(["open", "allowlist", "disabled"]).exactOptional(),
  groupAllowFrom: senders.exactOptional(),
  groups: z.record(z.string(), groupSchema).describe('Groups by chat id, or "*".').exactOptional(),
};

const conversationFields = {
  historyLimit: count.exactOptional(),
  dmHistoryLimit: count.exactOptional(),
  dms: z.record(z.string(), z.strictObject({ historyLimit: count.exactOptional() })).exactOptional(),
  replyToMode: z.enum(["off", "first", "all"]).exactOptional(),
  reactionNotifications: z.enum(["off", "own", "all"]).exactOptional(),
  reactionLevel: z.enum(["off", "ack", "minimal", "extensive"]).exactOptional(),
  capabilities: z
    .union([z.array(z.string()), z.strictObject({ inlineButtons: inlineButtons.exactOptional() })])
    .exactOptional(),
  customCommands: z
    .array(z.strictObject({ command: z.string(), description: z.string() }))
    .describe("More entries of the bot's menu: 1 to 32 letters a-z, digits and _. Their words go to the agent.")
    .exactOptional(),
  commands: z
    .strictObject({
      native: z
        .union([z.boolean(), z.literal("auto")])
        .describe("Whether the bot's menu lists the chat commands. Default: commands.native, which is on here.")
        .exactOptional(),
      nativeSkills: z.union([z.boolean(), z.literal("auto")]).exactOptional(),
    })
    .exactOptional(),
  configWrites: z
    .boolean()
    .describe("Whether the gateway renames a group here that becomes a supergroup. Default true.")
    .exactOptional(),
  heartbeat: z
    .strictObject({
      showOk: z.boolean().exactOptional(),
      showAlerts: z.boolean().exactOptional(),
      useIndicator: z.boolean().exactOptional(),
    })
    .exactOptional(),
};

const deliveryFields = {
  textChunkLimit: z.int().min(1).max(4_000).exactOptional(),
  chunkMode: z.enum(["length", "newline"]).exactOptional(),
  linkPreview: z.boolean().describe("False sends links without a preview.").exactOptional(),
  streamMode: z
    .enum(["off", "partial", "block"])
    .describe(
      "How a reply is shown while it is written, in topics of private chats: not at all, as it is, or in blocks. Default partial.",
    )
    .exactOptional(),
  draftChunk: z
    .strictObject({
      minChars: count.exactOptional(),
      maxChars: count.exactOptional(),
      breakPreference: z.enum(["paragraph", "newline", "sentence"]).exactOptional(),
    })
    .exactOptional(),
  blockStreaming: z.boolean().exactOptional(),
  blockStreamingCoalesce: z
    .strictObject({ minChars: count.exactOptional(), maxChars: count.exactOptional(), idleMs: count.exactOptional() })
    .exactOptional(),
  mediaMaxMb: z.number().positive().exactOptional(),
  markdown: z.strictObject({ tables: z.enum(["code", "bullets", "off"]).exactOptional() }).exactOptional(),
  actions: z
    .strictObject({
      reactions: z.boolean().exactOptional(),
      sendMessage: z
        .boolean()
        .describe("False: agents send no messages and polls of their own accord; replies go out. Default true.")
        .exactOptional(),
      deleteMessage: z.boolean().exactOptional(),
      sticker: z.boolean().exactOptional(),
    })
    .exactOptional(),
};

const networkFields = {
  timeoutSeconds: z.int().positive().describe("How long one call may take; at most 50 are used.").exactOptional(),
  retry: z
    .strictObject({
      attempts: count.exactOptional(),
      minDelayMs: count.exactOptional(),
      maxDelayMs: count.exactOptional(),
      jitter: z.number().min(0).max(1).exactOptional(),
    })
    .exactOptional(),
  network: z
    .strictObject({
      autoSelectFamily: z.boolean().describe("Try IPv4 and IPv6 side by side. Default true.").exactOptional(),
    })
    .exactOptional(),
  proxy: z.url().exactOptional(),
  webhookUrl: z
    .url({ protocol: /^https$/ })
    .describe("Receive by webhook: the address Telegram posts to. Without it updates are polled.")
    .exactOptional(),
  webhookSecret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,256}$/, "Expected 1 to 256 letters, digits, _ and -.")
    .exactOptional(),
  webhookPath: z
    .string()
    .startsWith("/")
    .describe("Where the listener expects it. Default /telegram-webhook.")
    .exactOptional(),
  webhookHost: z.string().min(1).describe("Where the listener is bound. Default 127.0.0.1.").exactOptional(),
  webhookPort: z.int().min(0).max(65_535).describe("Default 8787.").exactOptional(),
};

const accountFields = {
  ...credentialFields,
  ...accessFields,
  ...conversationFields,
  ...deliveryFields,
  ...networkFields,
};

const accountSchema = z.strictObject(accountFields);

/** What one account may set; the section sets the same keys for all of them. */
export type TelegramAccountConfig = z.infer<typeof accountSchema>;

/** The section `channels.telegram`. */
export const telegramConfigSchema = z
  .strictObject({
    ...accountFields,
    accounts: z
      .record(z.string().min(1), accountSchema)
      .describe("Several bots; each takes what it does not set itself from the section.")
      .exactOptional(),
  })
  .superRefine((config, context) => {
    for (const problem of [...findAccessProblems(config), ...findSharedTokens(config)]) {
      context.addIssue({ code: "custom", path: [...problem.path], message: problem.message });
    }
  });

export type TelegramConfig = z.infer<typeof telegramConfigSchema>;

/** An account before its values are interpreted: the section's keys with its own on top. */
export interface NamedAccount {
  readonly accountId: string;
  readonly config: TelegramAccountConfig;
  /** Where its own keys stand in the section. */
  readonly path: readonly string[];
}

interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * The accounts a section names. The section's own token makes the account "default"; so does a section without any
 * accounts. A token is never inherited: one token is one bot.
 */
export function namedAccounts(section: TelegramConfig): NamedAccount[] {
  const { accounts = {}, ...base } = section;
  const { botToken, tokenFile, ...inherited } = base;
  const named = Object.entries(accounts).map(([accountId, own]): NamedAccount => {
    const ownToken = own.botToken !== undefined || own.tokenFile !== undefined;
    const shared = accountId === "default" && !ownToken ? base : inherited;
    return { accountId, config: { ...shared, ...own }, path: ["accounts", accountId] };
  });
  const needsDefault = named.length === 0 || botToken !== undefined || tokenFile !== undefined;
  if (needsDefault && accounts["default"] === undefined) {
    named.unshift({ accountId: "default", config: base, path: [] });
  }
  return named;
}

function findAccessProblems(section: TelegramConfig): Problem[] {
  const problems: Problem[] = [];
  for (const { config, path } of namedAccounts(section)) {
    if (config.dmPolicy === "open" && config.allowFrom?.includes("*") !== true) {
      const message =
        'dmPolicy "open" answers everyone, so allowFrom must contain "*"; or use "pairing" or "allowlist".';
      problems.push({ path: [...path, "allowFrom"], message });
    }
    if (config.webhookUrl !== undefined && (config.webhookSecret ?? "") === "") {
      problems.push({ path: [...path, "webhookSecret"], message: "A webhookUrl needs a webhookSecret." });
    }
  }
  return problems;
}

function findSharedTokens(section: TelegramConfig): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  for (const { accountId, config, path } of namedAccounts(section)) {
    const identity = config.botToken === undefined ? config.tokenFile : (botIdOf(config.botToken) ?? config.botToken);
    if (identity === undefined) continue;
    const owner = owners.get(identity);
    if (owner === undefined) owners.set(identity, accountId);
    else {
      const message = `Accounts "${owner}" and "${accountId}" use the same bot; Telegram lets one account receive for it.`;
      problems.push({ path: [...path, config.botToken === undefined ? "tokenFile" : "botToken"], message });
    }
  }
  return problems;
}

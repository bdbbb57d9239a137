import type {
  AccessSettings,
  ChannelAccount,
  DraftBlocks,
  Environment,
  GroupSettings,
} from "@openclaw/channels-contract";

import { namedAccounts, type NamedAccount, type TelegramAccountConfig, type TelegramConfig } from "../config.ts";
import type { MenuSettings } from "../connection/command-menu.ts";
import type { WebhookSettings } from "../webhook/receiver.ts";
import { readCustomCommands } from "./custom-commands.ts";
import { botIdOf, isToken, tokenFormProblem } from "./token.ts";

const defaultApiRoot = "https://api.telegram.org";
const defaultTimeoutSeconds = 20;
/** One call must be over before the contract's 60 seconds for a send are. */
const maxTimeoutSeconds = 50;

const defaultWebhookPath = "/telegram-webhook";
const defaultWebhookPort = 8_787;
const defaultDraftBlock = { minChars: 200, maxChars: 800 };
const defaultMediaMaxMb = 5;
const bytesPerMb = 1_048_576;

/** Where buttons are shown, and whose taps count. */
export type InlineButtons = "off" | "dm" | "group" | "all" | "allowlist";

/** Whose messages reactions are told of for. */
export type ReactionNotifications = "off" | "own" | "all";

/** What a running account needs to know. */
export interface TelegramSettings {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly apiRoot: string;
  readonly linkPreview: boolean;
  /** The largest file in either direction, in bytes. */
  readonly mediaMaxBytes: number;
  readonly inlineButtons: InlineButtons;
  readonly reactionNotifications: ReactionNotifications;
  readonly actions: {
    readonly sendMessage: boolean;
    readonly reactions: boolean;
    readonly deleteMessage: boolean;
    readonly sticker: boolean;
  };
  readonly menu: MenuSettings;
  /** How replies are shown while they are written; absent where they are not. */
  readonly drafts?: { readonly blocks?: DraftBlocks };
  /** Absent: updates are polled. */
  readonly webhook?: WebhookSettings;
  readonly timeoutSeconds: number;
  readonly autoSelectFamily: boolean;
  /** What does not keep the account from running and should be mended all the same. */
  readonly warnings: readonly string[];
}

type TelegramAccount = ChannelAccount<TelegramSettings>;

/** The accounts of a section. The environment's TELEGRAM_BOT_TOKEN serves the default account that has no other. */
export function telegramAccounts(section: TelegramConfig, environment: Environment): TelegramAccount[] {
  const accounts: TelegramAccount[] = [];
  for (const named of namedAccounts(section)) {
    const account = describeAccount(named, environment, section.enabled !== false);
    const twin = accounts.find((other) => sharesBot(other, account));
    accounts.push(
      twin === undefined ? account : refuse(account, `It uses the same bot as account "${twin.accountId}".`),
    );
  }
  return accounts;
}

function describeAccount(
  { accountId, config }: NamedAccount,
  environment: Environment,
  sectionEnabled: boolean,
): TelegramAccount {
  const token = tokenOf(accountId, config, environment);
  const blocking = findBlockingProblem(token, config);
  const { access, warnings } = readAccess(config);
  const custom = readCustomCommands(config.customCommands ?? []);
  warnings.push(...findTransportWarnings(config), ...custom.warnings);
  const problem = blocking ?? (warnings.length === 0 ? undefined : warnings.join(" "));
  return {
    accountId,
    ...(config.name === undefined ? {} : { name: config.name }),
    enabled: sectionEnabled && config.enabled !== false,
    configured: blocking === undefined,
    ...(problem === undefined ? {} : { problem }),
    access,
    secrets: [token, config.webhookSecret].flatMap((secret) => (secret === undefined || secret === "" ? [] : [secret])),
    settings: {
      ...(token === undefined ? {} : { token }),
      ...(config.tokenFile === undefined ? {} : { tokenFile: config.tokenFile }),
      apiRoot: config.apiRoot ?? defaultApiRoot,
      linkPreview: config.linkPreview ?? true,
      mediaMaxBytes: Math.floor((config.mediaMaxMb ?? defaultMediaMaxMb) * bytesPerMb),
      inlineButtons: inlineButtonsOf(config),
      reactionNotifications: config.reactionNotifications ?? "own",
      actions: {
        sendMessage: config.actions?.sendMessage ?? true,
        reactions: config.actions?.reactions ?? true,
        deleteMessage: config.actions?.deleteMessage ?? true,
        sticker: config.actions?.sticker ?? false,
      },
      menu: { native: config.commands?.native, custom: custom.commands },
      ...draftsOf(config),
      ...webhookOf(config),
      timeoutSeconds: Math.min(config.timeoutSeconds ?? defaultTimeoutSeconds, maxTimeoutSeconds),
      autoSelectFamily: config.network?.autoSelectFamily ?? true,
      warnings,
    },
  };
}

function draftsOf({ streamMode, draftChunk }: TelegramAccountConfig): Pick<TelegramSettings, "drafts"> {
  if (streamMode === "off") return {};
  if (streamMode !== "block") return { drafts: {} };
  const minChars = draftChunk?.minChars ?? defaultDraftBlock.minChars;
  const maxChars = Math.max(draftChunk?.maxChars ?? defaultDraftBlock.maxChars, minChars, 1);
  return { drafts: { blocks: { minChars, maxChars, breakPreference: draftChunk?.breakPreference ?? "paragraph" } } };
}

function webhookOf(config: TelegramAccountConfig): { webhook?: WebhookSettings } {
  const { webhookUrl: url, webhookSecret: secret, webhookPath, webhookHost, webhookPort } = config;
  if (url === undefined || secret === undefined) return {};
  const path = webhookPath ?? defaultWebhookPath;
  return { webhook: { url, secret, path, host: webhookHost ?? "127.0.0.1", port: webhookPort ?? defaultWebhookPort } };
}

/** The older form, a list of capabilities, shows buttons everywhere or nowhere. */
function inlineButtonsOf({ capabilities }: TelegramAccountConfig): InlineButtons {
  if (capabilities === undefined) return "allowlist";
  if (Array.isArray(capabilities)) return capabilities.includes("inlineButtons") ? "all" : "off";
  return capabilities.inlineButtons ?? "allowlist";
}

/** A token in the configuration beats a file, and either beats the environment. */
function tokenOf(accountId: string, config: TelegramAccountConfig, environment: Environment): string | undefined {
  if (config.botToken !== undefined) return config.botToken.trim();
  if (config.tokenFile !== undefined || accountId !== "default") return undefined;
  const inherited = environment["TELEGRAM_BOT_TOKEN"]?.trim();
  return inherited === "" ? undefined : inherited;
}

function findBlockingProblem(token: string | undefined, config: TelegramAccountConfig): string | undefined {
  if (config.proxy !== undefined) {
    return "A proxy is set, and proxies are not supported yet: nothing is connected, so that nothing goes around it.";
  }
  if (config.webhookUrl !== undefined && config.webhookSecret === undefined) {
    return "webhookUrl needs a webhookSecret: without it anyone could post messages in Telegram's name.";
  }
  if (token !== undefined) return isToken(token) ? undefined : `The bot token ${tokenFormProblem}`;
  if (config.tokenFile !== undefined) return undefined;
  return "No bot token: set botToken or tokenFile, or TELEGRAM_BOT_TOKEN for the default account.";
}

function findTransportWarnings({ apiRoot }: TelegramAccountConfig): string[] {
  const warnings: string[] = [];
  if (apiRoot !== undefined && apiRoot.startsWith("http://") && !isLoopback(new URL(apiRoot).hostname)) {
    warnings.push("apiRoot is plain http: the bot token travels unencrypted.");
  }
  return warnings;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function readAccess(config: TelegramAccountConfig): { access: AccessSettings; warnings: string[] } {
  const warnings: string[] = [];
  const read = (list: readonly (string | number)[] | undefined, where: string): string[] =>
    (list ?? []).flatMap((entry) => {
      const sender = canonicalSender(entry);
      if (sender === undefined) {
        warnings.push(
          `${where} lists ${JSON.stringify(entry)}, which grants nothing: names can change hands, use the numeric id.`,
        );
      }
      return sender === undefined ? [] : [sender];
    });
  const allowFrom = read(config.allowFrom, "allowFrom");
  const readGroup = (group: GroupConfig, where: string): GroupSettings => ({
    ...groupSettings(group),
    ...(group.allowFrom === undefined ? {} : { allowFrom: read(group.allowFrom, `${where}.allowFrom`) }),
  });
  const groups = mapValues(config.groups ?? {}, (group, chatId) => ({
    ...readGroup(group, `groups.${chatId}`),
    ...(group.topics === undefined
      ? {}
      : { topics: mapValues(group.topics, (topic, id) => readGroup(topic, `groups.${chatId}.topics.${id}`)) }),
  }));
  const access: AccessSettings = {
    directPolicy: config.dmPolicy ?? "pairing",
    allowFrom,
    groupPolicy: config.groupPolicy ?? "allowlist",
    groupAllowFrom: config.groupAllowFrom === undefined ? allowFrom : read(config.groupAllowFrom, "groupAllowFrom"),
    ...(config.groups === undefined ? {} : { groups }),
  };
  return { access, warnings };
}

type GroupConfig = Omit<NonNullable<TelegramAccountConfig["groups"]>[string], "topics">;

function groupSettings({ enabled, requireMention, systemPrompt }: GroupConfig): GroupSettings {
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(requireMention === undefined ? {} : { requireMention }),
    ...(systemPrompt === undefined ? {} : { systemPrompt }),
  };
}

/** "123", "telegram:123" and "tg:123" are the user 123; "*" is everyone; anything else is no sender. */
export function canonicalSender(entry: string | number): string | undefined {
  const text = String(entry)
    .trim()
    .replace(/^(?:telegram|tg):/i, "")
    .trim();
  return text === "*" || /^-?\d+$/.test(text) ? text : undefined;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

function sharesBot(one: TelegramAccount, other: TelegramAccount): boolean {
  const botId = botIdOf(one.settings.token ?? "");
  return botId !== undefined && botId === botIdOf(other.settings.token ?? "");
}

function refuse(account: TelegramAccount, problem: string): TelegramAccount {
  return { ...account, configured: false, problem };
}

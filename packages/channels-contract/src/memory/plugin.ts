import * as z from "zod";

import type { AccessSettings, GroupSettings } from "../access.ts";
import { defineChannel, type ChannelAccount, type ChannelPlugin } from "../define.ts";
import { MemoryChannel } from "./channel.ts";
import { MemoryPlatform } from "./platform.ts";

const senders = z.array(z.union([z.string(), z.number()]));

const toolRules = z.strictObject({
  profile: z.enum(["minimal", "coding", "messaging", "full"]).exactOptional(),
  allow: z.array(z.string()).exactOptional(),
  alsoAllow: z.array(z.string()).exactOptional(),
  deny: z.array(z.string()).exactOptional(),
});

const groupFields = {
  enabled: z.boolean().exactOptional(),
  requireMention: z.boolean().exactOptional(),
  allowFrom: senders.exactOptional(),
  systemPrompt: z.string().exactOptional(),
  tools: toolRules.exactOptional(),
  toolsBySender: z.record(z.string(), toolRules).exactOptional(),
};

const heartbeat = z.strictObject({
  showOk: z.boolean().exactOptional(),
  showAlerts: z.boolean().exactOptional(),
  useIndicator: z.boolean().exactOptional(),
});

const accessFields = {
  heartbeat: heartbeat.exactOptional(),
  enabled: z.boolean().exactOptional(),
  name: z.string().exactOptional(),
  dmPolicy: z.enum(["pairing", "allowlist", "open", "disabled"]).exactOptional(),
  allowFrom: senders.exactOptional(),
  groupPolicy: z.enum(["open", "allowlist", "disabled"]).exactOptional(),
  groupAllowFrom: senders.exactOptional(),
  groups: z
    .record(
      z.string(),
      z.strictObject({ ...groupFields, topics: z.record(z.string(), z.strictObject(groupFields)).exactOptional() }),
    )
    .exactOptional(),
};

/** The section of a memory channel. Everyone is answered unless it says otherwise. */
export const memoryConfigSchema = z.strictObject({
  ...accessFields,
  accounts: z.record(z.string().min(1), z.strictObject(accessFields)).exactOptional(),
});

export type MemoryConfig = z.infer<typeof memoryConfigSchema>;

export interface MemoryChannelOptions {
  /** The key under `channels` in the configuration. Default "memory". */
  readonly id?: string;
  readonly label?: string;
  /** Default: a new platform. */
  readonly platform?: MemoryPlatform;
  /** The longest text of one message. Default 4,000. */
  readonly maxTextLength?: number;
}

/** A memory channel for a gateway, and the platform behind it. */
export interface MemoryChannelKit {
  readonly plugin: ChannelPlugin;
  readonly platform: MemoryPlatform;
}

/** Makes a channel whose platform lives in this process: for tests, and for apps that embed a gateway. */
export function createMemoryChannel(options: MemoryChannelOptions = {}): MemoryChannelKit {
  const platform = options.platform ?? new MemoryPlatform();
  const maxTextLength = options.maxTextLength ?? 4_000;
  const plugin = defineChannel<MemoryConfig, undefined>({
    id: options.id ?? "memory",
    label: options.label ?? "Memory",
    configSchema: memoryConfigSchema,
    accounts: ({ accounts, ...base }) =>
      Object.entries(accounts ?? { default: {} }).map(([accountId, own]) => accountOf(accountId, base, own)),
    create: async ({ accountId }) => new MemoryChannel({ accountId, platform, maxTextLength }),
  });
  return { plugin, platform };
}

type MemorySection = Omit<MemoryConfig, "accounts">;

function accountOf(accountId: string, base: MemorySection, own: MemorySection): ChannelAccount<undefined> {
  const merged: MemorySection = { ...base, ...own };
  return {
    accountId,
    ...(merged.name === undefined ? {} : { name: merged.name }),
    enabled: base.enabled !== false && merged.enabled !== false,
    configured: true,
    access: accessOf(merged),
    secrets: [],
    settings: undefined,
  };
}

function accessOf(section: MemorySection): AccessSettings {
  const allowFrom = section.allowFrom?.map(String) ?? ["*"];
  return {
    directPolicy: section.dmPolicy ?? "open",
    allowFrom,
    groupPolicy: section.groupPolicy ?? "open",
    groupAllowFrom: section.groupAllowFrom?.map(String) ?? allowFrom,
    ...(section.groups === undefined ? {} : { groups: mapValues(section.groups, groupOf) }),
  };
}

type GroupSection = NonNullable<MemoryConfig["groups"]>[string];

function groupOf({ allowFrom, topics, ...group }: GroupSection): GroupSettings {
  return {
    ...group,
    ...(allowFrom === undefined ? {} : { allowFrom: allowFrom.map(String) }),
    ...(topics === undefined ? {} : { topics: mapValues(topics, groupOf) }),
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

import type * as z from "zod";

import type { AccessSettings } from "./access.ts";
import type { Channel } from "./channel.ts";

/** Environment variables, as the gateway's one reader hands them on. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One account that a configuration section describes, ready to be created. */
export interface ChannelAccount<Settings = unknown> {
  /** "default" unless the section names several accounts. */
  readonly accountId: string;
  readonly name?: string;
  readonly enabled: boolean;
  /** False when the section lacks what is needed to connect; `problem` then says what to do. */
  readonly configured: boolean;
  readonly problem?: string;
  readonly access: AccessSettings;
  /** Values that must never be printed: masked wherever they would appear in a log. */
  readonly secrets: readonly string[];
  readonly settings: Settings;
}

/** A channel as the gateway knows it before anything is connected. */
export interface ChannelPlugin<Config = unknown, Settings = unknown> {
  /** The key under `channels` in the configuration, for example "telegram". */
  readonly id: string;
  /** For people, for example "Telegram". */
  readonly label: string;
  /** The schema of the section `channels.<id>`. */
  readonly configSchema: z.ZodType<Config>;
  /** The accounts a valid section describes. Pure: no file, no network. */
  accounts(config: Config, environment: Environment): readonly ChannelAccount<Settings>[];
  /** Makes one account's channel; heavy libraries are loaded here and not before. */
  create(account: ChannelAccount<Settings>): Promise<Channel>;
}

/** Types a channel and hands it on in the form the gateway stores. */
export function defineChannel<Config, Settings>(plugin: ChannelPlugin<Config, Settings>): ChannelPlugin {
  return plugin;
}

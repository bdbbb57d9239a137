import { type ChannelPlugin, defineChannel } from "@openclaw/channels-contract";

import { telegramAccounts, type TelegramSettings } from "./account/accounts.ts";
import { telegramConfigSchema, type TelegramConfig } from "./config.ts";
import { PollLeases } from "./connection/poll-leases.ts";
import { WebhookListeners } from "./webhook/listeners.ts";

/** Makes the Telegram channel. Its accounts share one set of poll leases: one poller per bot. */
export function createTelegramChannel(): ChannelPlugin {
  const leases = new PollLeases();
  const listeners = new WebhookListeners();
  return defineChannel<TelegramConfig, TelegramSettings>({
    id: "telegram",
    label: "Telegram",
    configSchema: telegramConfigSchema,
    accounts: telegramAccounts,
    create: async ({ settings }) => {
      const { TelegramChannel } = await import("./channel.ts");
      return new TelegramChannel({ settings, leases, listeners });
    },
  });
}

/**
 * The Telegram channel. Gateways that share it in one process never poll the same bot at once, because Telegram allows
 * one poller per bot.
 */
export const telegramChannel: ChannelPlugin = createTelegramChannel();

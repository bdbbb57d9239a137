import type { ChannelPlugin } from "@openclaw/channels-contract";
import { createTelegramChannel } from "@openclaw/channels-telegram";

/** Every channel this program knows. Which of them run is for the configuration to say; their libraries load then. */
export function channelPlugins(): readonly ChannelPlugin[] {
  return [createTelegramChannel()];
}

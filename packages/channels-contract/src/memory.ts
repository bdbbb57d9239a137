export { MemoryChannel, type MemoryChannelSettings } from "./memory/channel.ts";
export type { MemorySent, ScriptedSend, SendStep } from "./memory/outgoing.ts";
export {
  MemoryPlatform,
  type MemoryDelivery,
  type MemoryFile,
  type MemoryInput,
  type MemoryPlatformOptions,
  type MemoryReaction,
} from "./memory/platform.ts";
export {
  createMemoryChannel,
  memoryConfigSchema,
  type MemoryChannelKit,
  type MemoryChannelOptions,
  type MemoryConfig,
} from "./memory/plugin.ts";

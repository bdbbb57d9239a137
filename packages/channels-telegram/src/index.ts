export { createTelegramChannel, telegramChannel } from "./define.ts";
export { telegramConfigSchema, type TelegramAccountConfig, type TelegramConfig } from "./config.ts";

import type { RecordedBot, TelegramMessage } from "./update.ts";

/** True when the message names the bot: @username, a mention without a username, or a command addressed to it. */
export function mentionsBot(message: TelegramMessage, bot: RecordedBot): boolean {
  const text = message.text ?? message.caption ?? "";
  const handle = bot.username === undefined ? undefined : `@${bot.username.toLowerCase()}`;
  return (message.entities ?? message.caption_entities ?? []).some((entity) => {
    if (entity.type === "text_mention") return entity.user?.id === bot.id;
    if (handle === undefined) return false;
    const written = text.slice(entity.offset, entity.offset + entity.length).toLowerCase();
    if (entity.type === "mention") return written === handle;
    return entity.type === "bot_command" && written.endsWith(handle);
  });
}

export { FakeTelegramProcess } from "./fake-telegram/control/client.ts";
export { BotApiError, type ResponseParameters } from "./fake-telegram/errors.ts";
export type { Fault } from "./fake-telegram/faults.ts";
export type { FileKind, MessageOptions, NewChat, NewUser, People } from "./fake-telegram/people.ts";
export type { Call, SentMessage } from "./fake-telegram/record.ts";
export { FakeTelegram, type FakeTelegramOptions, type WaitOptions } from "./fake-telegram/server.ts";
export { formatText, maxTextLength } from "./fake-telegram/text/formatted-text.ts";
export { parseHtml, type ParsedText } from "./fake-telegram/text/html.ts";
export type {
  CallbackQuery,
  Chat,
  FileObject,
  Message,
  MessageEntity,
  Update,
  UpdateContent,
  User,
} from "./fake-telegram/types.ts";

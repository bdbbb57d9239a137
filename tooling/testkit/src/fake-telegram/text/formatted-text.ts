import { badRequest } from "../errors.ts";
import type { MessageEntity } from "../types.ts";
import { parseHtml, type ParsedText } from "./html.ts";

export const maxTextLength = 4_096;
export const maxCaptionLength = 1_024;

/**
 * Text as the server stores it: entities parsed, white space around it cut. The limit counts UTF-16 code units of
 * what is left. Throws the server's errors.
 */
export function formatText(input: string, parseMode: string | undefined): ParsedText {
  return trim(parse(input, parseMode));
}

/** The text of a message: not empty, and within the limit. */
export function formatMessageText(input: string, parseMode: string | undefined): ParsedText {
  if (input === "") throw badRequest("message text is empty");
  const formatted = formatText(input, parseMode);
  if (formatted.text === "") throw badRequest("text must be non-empty");
  if (formatted.text.length > maxTextLength) throw badRequest("message is too long");
  return formatted;
}

/** The caption of a file; may be empty. */
export function formatCaption(input: string, parseMode: string | undefined): ParsedText {
  const formatted = formatText(input, parseMode);
  if (formatted.text.length > maxCaptionLength) throw badRequest("message caption is too long");
  return formatted;
}

function parse(input: string, parseMode: string | undefined): ParsedText {
  if (parseMode === undefined || parseMode === "") return { text: input, entities: [] };
  if (parseMode.toLowerCase() === "html") return parseHtml(input);
  throw badRequest("unsupported parse_mode");
}

function trim({ text, entities }: ParsedText): ParsedText {
  const cut = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const kept: MessageEntity[] = [];
  for (const entity of entities) {
    const start = Math.max(entity.offset - cut, 0);
    const end = Math.min(entity.offset + entity.length - cut, trimmed.length);
    if (end > start) kept.push({ ...entity, offset: start, length: end - start });
  }
  return { text: trimmed, entities: kept };
}

/** The entities the platform finds by itself in what a person types: commands and @mentions. */
export function detectEntities(text: string): MessageEntity[] {
  const found: MessageEntity[] = [];
  for (const match of text.matchAll(/(?<![\w/@])(?:\/[a-zA-Z0-9_]{1,32}(?:@\w{3,32})?|@\w{4,32})\b/g)) {
    const type = match[0].startsWith("/") ? "bot_command" : "mention";
    found.push({ type, offset: match.index, length: match[0].length });
  }
  return found;
}

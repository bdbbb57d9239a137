import type { InboundMessage } from "@openclaw/channels-contract";

const MAX_QUOTE_LENGTH = 1_000;
const OVERHEARD = "[Chat messages since your last reply - for context]";
const CURRENT = "[Current message - respond to this]";

/** What the agent reads of an inbound message: in groups who wrote it, what it answers, and what files came along. */
export function promptText(message: InboundMessage): string {
  const lines: string[] = [];
  for (const media of message.media ?? []) lines.push(`<media:${media.kind}>`);
  if (message.text !== "") lines.push(message.text);
  if (message.replyTo?.text) {
    const who = message.replyTo.senderName ?? "someone";
    lines.push(`[Replying to ${who} id:${message.replyTo.messageId}]`, shorten(message.replyTo.text), "[/Replying]");
  }
  const text = lines.join("\n");
  if (message.chat.type === "direct") return text;
  return `${message.sender.displayName ?? message.sender.username ?? message.sender.id}: ${text}`;
}

/** A prompt after what was said in its group since the last answer. */
export function withOverheard(prompt: string, lines: readonly string[]): string {
  return lines.length === 0 ? prompt : [OVERHEARD, ...lines, "", CURRENT, prompt].join("\n");
}

function shorten(text: string): string {
  return text.length <= MAX_QUOTE_LENGTH ? text : `${text.slice(0, MAX_QUOTE_LENGTH)}…`;
}

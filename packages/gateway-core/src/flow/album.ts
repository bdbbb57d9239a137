import type { InboundMessage } from "@openclaw/channels-contract";

/** The parts of an album as the one message they are: their files in order, and what is written under any of them. */
export function mergeParts(parts: readonly [InboundMessage, ...InboundMessage[]]): InboundMessage {
  const [first, ...others] = parts;
  if (others.length === 0) return first;
  const media = parts.flatMap((part) => part.media ?? []);
  const text = parts.flatMap((part) => (part.text === "" ? [] : [part.text])).join("\n");
  const replyTo = parts.find((part) => part.replyTo !== undefined)?.replyTo;
  return {
    ...first,
    text,
    media,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(first.mentionsSelf === undefined ? {} : { mentionsSelf: parts.some((part) => part.mentionsSelf === true) }),
  };
}

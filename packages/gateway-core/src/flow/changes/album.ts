/** Messages that platforms deliver in parts: several files sent together. What is gathered is rows, not memory. */
import type { InboundMessage } from "@openclaw/channels-contract";

import type { InboxEntry } from "../../inbox/inbox.ts";

/** No more parts are expected once none has come for this long. */
const QUIET_MS = 1_000;
/** An album is taken as it is after this long, and so is one that an earlier process had begun to gather. */
const LONGEST_MS = 5_000;
/** The most files Telegram and others put into one. */
const MAX_PARTS = 10;

/** When the parts that are there, in their order, are taken for the whole; epoch milliseconds. */
export function albumDueAt(parts: readonly Pick<InboxEntry, "receivedAt">[], startedAt: number): number {
  const first = parts[0]?.receivedAt ?? 0;
  const newest = parts.at(-1)?.receivedAt ?? 0;
  if (parts.length >= MAX_PARTS) return 0;
  // What is missing of an album that a dead process began waits at the platform, and comes once there is contact.
  const quietAt = newest < startedAt ? startedAt + LONGEST_MS : newest + QUIET_MS;
  return Math.min(quietAt, Math.max(first, startedAt) + LONGEST_MS);
}

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

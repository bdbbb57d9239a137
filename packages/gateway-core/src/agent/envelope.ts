import type { InboundMessage } from "@openclaw/channels-contract";

/** How the line in front of a message is written. */
export interface EnvelopeSettings {
  /** The channel's name for people, for example "Telegram". */
  readonly label: string;
  /** IANA time zone; the host's without it. */
  readonly timeZone?: string | undefined;
}

/**
 * What a message is introduced by, so that the agent knows from where and when it comes:
 * "[Telegram Ada 2026-01-18 00:19 GMT+1]". To the minute.
 */
export function envelopeOf({ chat, sender, sentAt }: InboundMessage, { label, timeZone }: EnvelopeSettings): string {
  const writer = sender.displayName ?? sender.username ?? sender.id;
  const from = chat.type === "direct" ? writer : (chat.title ?? chat.id);
  return `[${label} ${withoutBrackets(from)} ${instant(sentAt, timeZone)}]`;
}

/** People choose their names: none of them may end the envelope and go on as if it were another one. */
function withoutBrackets(name: string): string {
  return name.replace(/[[\]\r\n]+/gu, " ").trim();
}

/** A time as people write it, to the minute: "2026-01-18 00:19 GMT+1". */
export function instant(at: number, timeZone: string | undefined): string {
  const format = new Intl.DateTimeFormat("en-GB", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
}

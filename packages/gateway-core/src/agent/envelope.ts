import type { InboundMessage } from "@openclaw/channels-contract";

/** How the line in front of a message is written. */
export interface EnvelopeSettings {
  /** The channel's name for people, for example "Telegram". */
  readonly label: string;
  /** IANA time zone; the host's without it. */
  readonly timeZone?: string | undefined;
  /** Whether it says when the message was written. It does when absent. */
  readonly withTime?: boolean;
  /** Whether it says how long ago the one before it in the session was. */
  readonly withElapsed?: boolean;
}

/**
 * What a message is introduced by, so that the agent knows from where and when it comes:
 * "[Telegram Ada +2m 2026-01-18 00:19 GMT+1]". To the minute. `lastAt` is when the session was last written in.
 */
export function envelopeOf(
  { chat, sender, sentAt }: InboundMessage,
  { label, timeZone, withTime = true, withElapsed = false }: EnvelopeSettings,
  lastAt?: number,
): string {
  const writer = sender.displayName ?? sender.username ?? sender.id;
  const from = chat.type === "direct" ? writer : (chat.title ?? chat.id);
  const elapsed = withElapsed && lastAt !== undefined ? [elapsedBetween(lastAt, sentAt)] : [];
  const time = withTime ? [instant(sentAt, timeZone)] : [];
  return `[${[label, withoutBrackets(from), ...elapsed, ...time].join(" ")}]`;
}

/** In the largest unit that is not zero: "+45s", "+2m", "+3h", "+5d". */
function elapsedBetween(from: number, until: number): string {
  const seconds = Math.max(0, Math.floor((until - from) / 1_000));
  if (seconds < 60) return `+${seconds}s`;
  if (seconds < 3_600) return `+${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `+${Math.floor(seconds / 3_600)}h` : `+${Math.floor(seconds / 86_400)}d`;
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

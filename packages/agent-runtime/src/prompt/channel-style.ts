const STYLES: ReadonlyMap<string, string> = new Map([
  [
    "telegram",
    "This conversation is on Telegram. Write short paragraphs. Bold, italics, inline code, code blocks and links are shown; headings and tables are not.",
  ],
  [
    "whatsapp",
    "This conversation is on WhatsApp. Write short, plain messages. Headings, tables and link titles are not shown: write lists as short lines and addresses in full.",
  ],
]);

const DEFAULT_STYLE =
  "Markdown is shown where this conversation is read. Keep answers as short as the question allows.";

/** How to write for the place the answer goes to. */
export function channelStyle(channel: string | undefined): string {
  return (channel === undefined ? undefined : STYLES.get(channel)) ?? DEFAULT_STYLE;
}

/** The channel in a session key such as "agent:main:telegram:group:-100"; undefined when the key names none. */
export function channelOfSession(sessionKey: string): string | undefined {
  const [kind, , channel, ...rest] = sessionKey.split(":");
  if (kind !== "agent" || channel === undefined || !rest.some((part) => PEER_KINDS.has(part))) return undefined;
  return channel;
}

const PEER_KINDS: ReadonlySet<string> = new Set(["dm", "group", "channel", "room"]);

/** What the agent answers when there is nothing to tell. */
export const HEARTBEAT_TOKEN = "HEARTBEAT_OK";
/** Marks that models like to dress the word in. */
const DRESS = "[\\s*_~`\"'.!]*";
const AT_START = new RegExp(`^${DRESS}${HEARTBEAT_TOKEN}(?![A-Za-z0-9_])${DRESS}`);
const AT_END = new RegExp(`${DRESS}(?<![A-Za-z0-9_])${HEARTBEAT_TOKEN}${DRESS}$`);

export type HeartbeatReply =
  | { readonly kind: "ok-empty" | "ok-token" }
  | { readonly kind: "alert"; readonly text: string };

/**
 * Reads the answer to a heartbeat. The token at its beginning or end, with no more than `ackMaxChars` beside it, says
 * that all is well; a longer answer is told without the token. In the middle the word is a word.
 */
export function readHeartbeatReply(answer: string, ackMaxChars: number): HeartbeatReply {
  const text = answer.trim();
  if (text === "") return { kind: "ok-empty" };
  const rest = text.replace(AT_START, "").replace(AT_END, "").trim();
  if (rest === text) return { kind: "alert", text };
  return rest.length <= ackMaxChars ? { kind: "ok-token" } : { kind: "alert", text: rest };
}

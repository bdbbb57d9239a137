/** What an agent said at a heartbeat: its text, and whether it said that all is well. */
export interface HeartbeatAnswer {
  readonly text: string;
  /** HEARTBEAT_OK stood at the beginning or the end of the answer; the text no longer holds it. */
  readonly isAck: boolean;
}

export type HeartbeatReply =
  | { readonly kind: "ok-empty" | "ok-token" }
  | { readonly kind: "alert"; readonly text: string };

/** Nothing is told of an answer that says all is well with no more than `ackMaxChars` beside the word for it. */
export function readHeartbeatReply(answer: HeartbeatAnswer, ackMaxChars: number): HeartbeatReply {
  const text = answer.text.trim();
  if (answer.isAck && text.length <= ackMaxChars) return { kind: "ok-token" };
  return text === "" ? { kind: "ok-empty" } : { kind: "alert", text };
}

interface CloseCodeRow {
  /** The text in the close frame; null when it says what was wrong in the case at hand. */
  readonly reason: string | null;
  readonly meaning: string;
  /** True when the same client may connect again and succeed without any change. */
  readonly reconnect: boolean;
}

/** Every code the gateway closes a socket with. */
export const CLOSE_CODES = {
  1000: {
    reason: "",
    meaning: "No connect request came in time, or the first frame was not JSON.",
    reconnect: true,
  },
  1002: {
    reason: "protocol mismatch",
    meaning: "The gateway speaks none of the offered versions.",
    reconnect: false,
  },
  1008: {
    reason: null,
    meaning:
      "The handshake was refused (a response frame with the whole error comes first), or the client read too slowly: slow consumer.",
    reconnect: false,
  },
  1009: {
    reason: "",
    meaning: "A frame was larger than policy.maxPayload.",
    reconnect: false,
  },
  1012: {
    reason: "service restart",
    meaning: "The gateway stops or restarts; the event shutdown says which.",
    reconnect: true,
  },
  1013: {
    reason: "gateway starting",
    meaning: "The gateway is not ready yet; the error before it carries retryAfterMs.",
    reconnect: true,
  },
  4001: {
    reason: "device removed",
    meaning: "The device this connection belongs to was removed, or its token was revoked or rotated.",
    reconnect: false,
  },
  4002: {
    reason: "resumed on another connection",
    meaning: "The same client came back on a new connection, which gets the events from now on.",
    reconnect: false,
  },
} as const satisfies Record<number, CloseCodeRow>;

export type CloseCode = keyof typeof CLOSE_CODES;

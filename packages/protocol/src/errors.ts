/**
 * Every error code of the wire, with what a caller needs to decide what to do. The reference page and the Swift enum
 * are generated from this table. Source: contract row R5.7 and the recorded frames of protocols 3 and 4.
 */
export const ERROR_CODES = {
  INVALID_REQUEST: {
    retryable: false,
    httpStatus: 400,
    meaning: "The frame, the method or its parameters are wrong, or the caller's credentials were refused.",
    remedy: "Correct what the message names; the same request will fail again.",
  },
  FORBIDDEN: {
    retryable: false,
    httpStatus: 403,
    meaning: "The connection's credential does not carry the scope that the method needs.",
    remedy: "Connect with a credential that has the scope named in details.missingScope.",
  },
  NOT_PAIRED: {
    retryable: false,
    httpStatus: 403,
    meaning: "The device is unknown to the gateway, or asks for more than was approved.",
    remedy: "Approve the pending request on the gateway: openclaw devices approve <requestId>.",
  },
  NOT_LINKED: {
    retryable: false,
    httpStatus: 409,
    meaning: "The channel has no account linked, so nothing can be sent or received through it.",
    remedy: "Configure or log in to the channel, then look at: openclaw channels status.",
  },
  AGENT_TIMEOUT: {
    retryable: true,
    httpStatus: 504,
    meaning: "The agent turn did not end within its time limit and was aborted.",
    remedy: "Ask again, or raise agents.defaults.timeoutSeconds or the request's timeout.",
  },
  UNAVAILABLE: {
    retryable: true,
    httpStatus: 503,
    meaning: "The gateway, or something it depends on, can not do this now.",
    remedy: "Wait retryAfterMs, or a few seconds, and try again; openclaw status says what is wrong.",
  },
} as const satisfies Record<string, ErrorCodeRow>;

interface ErrorCodeRow {
  readonly retryable: boolean;
  readonly httpStatus: number;
  readonly meaning: string;
  readonly remedy: string;
}

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error as it stands in a response frame. */
export interface ErrorShape {
  readonly code: ErrorCode;
  /** For people: what was wrong, what was expected, what to do. */
  readonly message: string;
  readonly details?: unknown;
  readonly retryable?: boolean;
  /** Milliseconds to wait before trying again. */
  readonly retryAfterMs?: number;
}

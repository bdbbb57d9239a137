import { ERROR_CODES, type ErrorCode, type ErrorShape } from "@openclaw/protocol";

export interface GatewayErrorOptions {
  readonly details?: unknown;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A failure that a client may read: its message names what was wrong and what to do, and holds no secret. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: ErrorCode;
  readonly details: unknown;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A gateway that can not start, or stopped for good: one line for the operator, with the remedy. Source: R1.2. */
export class FatalError extends Error {
  override readonly name = "FatalError";
  readonly remedy: string;

  constructor(message: string, remedy: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.remedy = remedy;
  }
}

/**
 * The one way from anything thrown to what a client sees. An error that is not a GatewayError is a defect or an
 * outage inside: its text may name files or secrets, so the client gets a plain sentence and the log gets the error.
 */
export function toErrorShape(thrown: unknown): ErrorShape {
  if (thrown instanceof GatewayError) {
    return {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.details === undefined ? {} : { details: thrown.details }),
      ...(thrown.retryable ? { retryable: true } : {}),
      ...(thrown.retryAfterMs === undefined ? {} : { retryAfterMs: thrown.retryAfterMs }),
    };
  }
  return {
    code: "UNAVAILABLE",
    message: "The gateway failed while handling this request; its log names the cause (openclaw logs).",
    retryable: true,
  };
}

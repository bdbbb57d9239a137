import { ERROR_CODES, type ErrorCode, type ErrorShape } from "@openclaw/protocol";

/** What went wrong: a code of the wire, or one of the four that only the client's side can know. */
export type ClientErrorCode = ErrorCode | "CONNECT_FAILED" | "TIMEOUT" | "CLOSED" | "PROTOCOL";

export interface ClientErrorOptions {
  readonly details?: unknown;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly closeCode?: number;
  readonly closeReason?: string;
  readonly cause?: unknown;
}

/**
 * Every failure of this package.
 *
 * - A code of the wire (`INVALID_REQUEST`, `UNAVAILABLE` …): the gateway answered so, its message is kept. A gateway
 *   newer than this package may send codes that the type does not list.
 * - `CONNECT_FAILED`: no connection came about: nobody listens, the handshake was cut, the address is wrong.
 * - `TIMEOUT`: no answer within the deadline. The gateway may have done the work all the same.
 * - `CLOSED`: the connection was lost or closed before the answer. The gateway may have done the work all the same.
 * - `PROTOCOL`: the peer does not speak this protocol.
 */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;
  /** Whatever the gateway added for programs, such as `{ code: "PAIRING_REQUIRED", requestId }`. */
  readonly details: unknown;
  /** True when the same call may succeed later. */
  readonly retryable: boolean;
  /** Milliseconds the gateway asks to wait first: from `retryAfterMs`, or `restartExpectedMs` of a restart. */
  readonly retryAfterMs: number | undefined;
  /** The WebSocket close code, where a close was the cause or followed at once. */
  readonly closeCode: number | undefined;
  readonly closeReason: string | undefined;

  constructor(code: ClientErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.retryable = options.retryable ?? isRetryable(code);
    this.retryAfterMs = options.retryAfterMs;
    this.closeCode = options.closeCode;
    this.closeReason = options.closeReason;
  }

  /**
   * True when connecting again may succeed. Refused credentials, a pairing that is missing, a version that the gateway
   * does not speak: those are final, and trying again would only fill its log. A connection that was open and is lost
   * is always worth a try, whatever the close code: if the gateway does not want it any more, its next answer says so.
   */
  shouldRetry(): boolean {
    return this.retryable;
  }
}

function isRetryable(code: ClientErrorCode): boolean {
  if (code === "CONNECT_FAILED" || code === "TIMEOUT" || code === "CLOSED") return true;
  const codes: Readonly<Record<string, { readonly retryable: boolean }>> = ERROR_CODES;
  return Object.hasOwn(codes, code) && codes[code]?.retryable === true;
}

/** The error a response frame carries, as this package throws it. */
export function fromErrorShape(shape: ErrorShape, options: ClientErrorOptions = {}): ClientError {
  return new ClientError(shape.code, shape.message, {
    ...(shape.details === undefined ? {} : { details: shape.details }),
    ...(shape.retryable === undefined ? {} : { retryable: shape.retryable }),
    ...(shape.retryAfterMs === undefined ? {} : { retryAfterMs: shape.retryAfterMs }),
    ...options,
  });
}

/** Whatever was thrown on this side, as a ClientError. */
export function asClientError(thrown: unknown): ClientError {
  if (thrown instanceof ClientError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ClientError("CONNECT_FAILED", `The client failed: ${message}`, { cause: thrown });
}

/**
 * Hands a failure of the caller's own listener to the runtime's handler of uncaught errors, as event targets do: it
 * must not stop the other listeners or the connection, and must not vanish.
 */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

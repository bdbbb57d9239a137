export type ChannelErrorCode = "CONFIGURATION" | "UNAUTHORIZED" | "UNREADABLE" | "UNSUPPORTED" | "UNAVAILABLE";

/** A channel's failure, with the one question every caller asks answered: is trying again any use? */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
  readonly code: ChannelErrorCode;
  readonly retryable: boolean;

  constructor(code: ChannelErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? code === "UNAVAILABLE";
  }
}

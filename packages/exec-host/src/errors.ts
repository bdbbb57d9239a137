/** Why an approvals file was not read or written. */
export type ApprovalsFailure = "invalid" | "unreadable" | "base-hash-required" | "changed";

/** An approvals file that can not be used or changed: what was wrong, and what to do. */
export class ApprovalsFileError extends Error {
  override readonly name = "ApprovalsFileError";
  readonly reason: ApprovalsFailure;

  constructor(reason: ApprovalsFailure, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}

/** A command that can not be run at all, in a sentence for whoever asked. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

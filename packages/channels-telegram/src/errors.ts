import type { ChannelState, SendOutcome } from "@openclaw/channels-contract";

/**
 * The Bot API answered with an error; the call had no effect, unless the code is 500 or more.
 * https://core.telegram.org/bots/api#making-requests
 */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";
  /** The `error_code`, which is the HTTP status. */
  readonly code: number;
  readonly description: string;
  readonly retryAfterSeconds: number | undefined;
  readonly migrateToChatId: number | undefined;

  constructor(answer: {
    readonly code: number;
    readonly description: string;
    readonly retryAfterSeconds?: number | undefined;
    readonly migrateToChatId?: number | undefined;
  }) {
    super(`Telegram answered ${answer.code}: ${answer.description}`);
    this.code = answer.code;
    this.description = answer.description;
    this.retryAfterSeconds = answer.retryAfterSeconds;
    this.migrateToChatId = answer.migrateToChatId;
  }
}

/** There was no readable answer. */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";
  /** False when the request certainly never left this machine. */
  readonly written: boolean;
  /** Short and machine-readable, for example "ECONNREFUSED". */
  readonly code: string;

  constructor(failure: { readonly written: boolean; readonly code: string; readonly reason: string }) {
    super(failure.reason);
    this.written = failure.written;
    this.code = failure.code;
  }
}

/** The file to be sent is not there, or can not be read: no attempt would change that. */
export class UploadFailure extends Error {
  override readonly name = "UploadFailure";
}

/** The gateway stored nothing of what Telegram delivered. */
export class RecordingFailure extends Error {
  override readonly name = "RecordingFailure";
}

/** How a failure is met: what the account's state is until the next attempt, and when that is. */
export interface Reaction {
  readonly state: Extract<ChannelState, "backoff" | "conflict" | "unauthorized">;
  readonly code: string;
  readonly detail: string;
  /** A fixed pause in milliseconds, or a growing one. */
  readonly pauseMs: number | "growing";
}

const minuteMs = 60_000;
const conflictPauseMs = 5_000;
/** A longer `retry_after` is cut, so that a nonsensical one can not silence the account for good. */
const maxRetryAfterSeconds = 900;

/** How the connection meets a failure of any call that keeps it up. */
export function reactionTo(error: unknown): Reaction {
  if (error instanceof ApiRefusal) return reactionToRefusal(error);
  if (error instanceof ConnectionFailure) {
    return {
      state: "backoff",
      code: error.code,
      detail: `Telegram can not be reached: ${error.message}`,
      pauseMs: "growing",
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof RecordingFailure) {
    const detail = `New messages can not be stored, so Telegram keeps them: ${reason}`;
    return { state: "backoff", code: "STORAGE", detail, pauseMs: "growing" };
  }
  return { state: "backoff", code: "INTERNAL", detail: `Receiving failed: ${reason}`, pauseMs: "growing" };
}

function reactionToRefusal({ code, description, retryAfterSeconds }: ApiRefusal): Reaction {
  if (code === 401 || code === 404) {
    const detail =
      "Telegram refuses the bot token. Get a valid one from @BotFather and put it where this account's token stands; it is tried again every minute.";
    return { state: "unauthorized", code: String(code), detail, pauseMs: minuteMs };
  }
  if (code === 409) return reactionToConflict(description);
  if (code === 429) {
    const seconds = Math.min(retryAfterSeconds ?? 5, maxRetryAfterSeconds);
    return { state: "backoff", code: "429", detail: `Telegram asks to wait ${seconds} s.`, pauseMs: seconds * 1_000 };
  }
  return {
    state: "backoff",
    code: String(code),
    detail: `Telegram answers ${code} ${description}`,
    pauseMs: "growing",
  };
}

function reactionToConflict(description: string): Reaction {
  const detail = /webhook/i.test(description)
    ? "Another program has set a webhook for this bot; it is removed. If that goes on, stop that program or give this gateway a bot of its own."
    : "Another program polls this bot. If it is the gateway's own earlier connection, it ends within half a minute.";
  return { state: "conflict", code: "409", detail, pauseMs: conflictPauseMs };
}

/** True for the 409 that a webhook causes, whoever set it. */
export function isWebhookConflict(error: unknown): boolean {
  return error instanceof ApiRefusal && error.code === 409 && /webhook/i.test(error.description);
}

/**
 * What is wrong with a message, so that sending it in another form may work; `done` is no problem at all: what was
 * asked for is so already.
 */
export type SendProblem = "markup" | "reply" | "moved" | "picture" | "caption" | "done";

/** The problems another form of the message avoids. https://core.telegram.org/bots/api#sendmessage */
export function sendProblemOf(error: unknown): SendProblem | undefined {
  if (!(error instanceof ApiRefusal) || error.code !== 400) return undefined;
  if (error.migrateToChatId !== undefined) return "moved";
  if (/can't parse entities|unsupported (?:start|end) tag/i.test(error.description)) return "markup";
  if (/message to be replied not found|replied message not found|reply message not found/i.test(error.description)) {
    return "reply";
  }
  return sendProblems.find(([pattern]) => pattern.test(error.description))?.[1];
}

const sendProblems: readonly (readonly [RegExp, SendProblem])[] = [
  [/message is not modified|message to delete not found/i, "done"],
  [/PHOTO_INVALID_DIMENSIONS|IMAGE_PROCESS_FAILED|PHOTO_SAVE_FILE_INVALID/i, "picture"],
  [/there is no text in the message to edit/i, "caption"],
];

/** How one attempt to send ended, from the error it threw. */
export function outcomeOf(error: unknown): SendOutcome {
  if (error instanceof ConnectionFailure) {
    return { outcome: error.written ? "unknown" : "retry", reason: error.message };
  }
  if (error instanceof UploadFailure) return { outcome: "permanent", code: "MEDIA_GONE", reason: error.message };
  if (!(error instanceof ApiRefusal)) {
    const reason = error instanceof Error ? error.message : String(error);
    return { outcome: "permanent", code: "INTERNAL", reason };
  }
  if (error.code >= 500) return { outcome: "unknown", reason: error.message };
  if (error.code === 429) {
    const seconds = Math.min(error.retryAfterSeconds ?? 5, maxRetryAfterSeconds);
    return { outcome: "retry", reason: error.message, retryAfterMs: seconds * 1_000, scope: "account" };
  }
  return { outcome: "permanent", code: refusalCode(error), reason: error.message };
}

const refusalCodes: readonly (readonly [RegExp, string])[] = [
  [/message is too long/i, "MESSAGE_TOO_LONG"],
  [/message caption is too long/i, "CAPTION_TOO_LONG"],
  [/request entity too large|file is too big/i, "FILE_TOO_LARGE"],
  [/message to (?:edit|react) not found|MESSAGE_ID_INVALID/i, "MESSAGE_NOT_FOUND"],
  [/message can't be (?:edited|deleted)/i, "MESSAGE_LOCKED"],
  [/REACTION_INVALID/i, "REACTION_INVALID"],
  [/message text is empty|text must be non-empty/i, "EMPTY_TEXT"],
  [/chat not found/i, "CHAT_NOT_FOUND"],
  [/message thread not found/i, "THREAD_NOT_FOUND"],
  [/blocked by the user/i, "BLOCKED"],
  [/user is deactivated/i, "USER_DEACTIVATED"],
  [/was kicked/i, "KICKED"],
];

/** A stable code for a refusal that trying again can not change. */
export function refusalCode({ code, description }: ApiRefusal): string {
  if (code === 401 || code === 404) return "UNAUTHORIZED";
  const known = refusalCodes.find(([pattern]) => pattern.test(description));
  if (known !== undefined) return known[1];
  return code === 403 ? "FORBIDDEN" : `TELEGRAM_${code}`;
}

import type { Agent } from "node:http";
import { setImmediate } from "node:timers/promises";

import { joinSignals, type MenuCommand } from "@openclaw/channels-contract";
import { Telegram, TelegramError } from "telegraf";

import { botIdOf, tokenRedactor } from "./account/token.ts";
import { Attempt, AttemptTracker, createTrackingAgent } from "./connection/agents.ts";
import { download } from "./connection/download.ts";
import { UploadFile } from "./connection/upload-file.ts";
import { ApiRefusal, ConnectionFailure, UploadFailure } from "./errors.ts";
import type { ApiRequest } from "./sending/request.ts";

/** What the bot always wants to hear of. Telegram leaves reactions out unless they are named. */
const allowedUpdates: readonly UpdateKind[] = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "callback_query",
  "my_chat_member",
];

const pollLimit = 100;
const defaultPollGraceMs = 10_000;
/** A file takes its time; the contract allows a send 60 seconds. */
const uploadDeadlineMs = 55_000;

export interface ClientSettings {
  readonly token: string;
  readonly apiRoot: string;
  readonly autoSelectFamily: boolean;
  /** Whether the bot hears of reactions. */
  readonly wantsReactions: boolean;
  /** How long a call other than a poll may take. */
  readonly timeoutSeconds: number;
  /** A poll that is not answered this long after its own timeout hangs on a half-open connection. Default 10,000. */
  readonly pollGraceMs?: number;
}

/** Who the bot is. */
export interface BotIdentity {
  readonly id: number;
  readonly username: string | undefined;
  readonly displayName: string;
}

/** A file on Telegram's servers, ready to be downloaded. */
export interface RemoteFile {
  readonly path: string;
  readonly size: number | undefined;
}

/**
 * The Bot API calls this channel makes. Every one throws ApiRefusal or ConnectionFailure and nothing else, an upload
 * UploadFailure too; no error holds the token. Polls have connections of their own.
 */
export class TelegramClient implements Disposable {
  readonly botId: string;
  readonly #settings: ClientSettings;
  readonly #tracker = new AttemptTracker();
  readonly #redact: (text: string) => string;
  readonly #pollAgent: Agent;
  readonly #callAgent: Agent;
  readonly #polls: Telegram;
  readonly #calls: Telegram;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.botId = botIdOf(settings.token) ?? "";
    this.#redact = tokenRedactor(settings.token);
    this.#pollAgent = createTrackingAgent(this.#tracker, settings);
    this.#callAgent = createTrackingAgent(this.#tracker, settings);
    this.#polls = createTelegram(settings, this.#pollAgent);
    this.#calls = createTelegram(settings, this.#callAgent);
  }

  async getMe(signal: AbortSignal): Promise<BotIdentity> {
    const { id, username, first_name } = await this.#call(signal, (inner) => this.#calls.callApi("getMe", {}, inner));
    return { id, username, displayName: first_name };
  }

  /** Ends webhook delivery and keeps what is pending. */
  async deleteWebhook(signal: AbortSignal): Promise<void> {
    const payload = { drop_pending_updates: false };
    await this.#call(signal, (inner) => this.#calls.callApi("deleteWebhook", payload, inner));
  }

  /** Has updates posted to an address, one at a time so that they keep their order. */
  async setWebhook(
    { url, secret }: { readonly url: string; readonly secret: string },
    signal: AbortSignal,
  ): Promise<void> {
    const payload = { url, secret_token: secret, allowed_updates: updateKindsFor(this.#settings), max_connections: 1 };
    await this.#call(signal, (inner) => this.#calls.callApi("setWebhook", payload, inner));
  }

  /** One poll. It is over, answered or not, soon after `timeoutSeconds`. */
  async getUpdates(
    request: { readonly offset: number | undefined; readonly timeoutSeconds: number },
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    const payload = {
      limit: pollLimit,
      timeout: request.timeoutSeconds,
      allowed_updates: updateKindsFor(this.#settings),
      ...(request.offset === undefined ? {} : { offset: request.offset }),
    };
    const deadlineMs = request.timeoutSeconds * 1_000 + (this.#settings.pollGraceMs ?? defaultPollGraceMs);
    const answer: unknown = await this.#within(deadlineMs, signal, (inner) =>
      this.#polls.callApi("getUpdates", payload, inner),
    );
    if (!Array.isArray(answer)) throw unreadable("The answer of getUpdates is not a list.");
    const updates: readonly unknown[] = answer;
    return updates;
  }

  /** Closes the connections of polls, so that the next one starts on a fresh socket. */
  renewPollConnection(): void {
    this.#pollAgent.destroy();
  }

  /**
   * Sends or changes a message. Answers with the message's id and its time in epoch milliseconds; undefined when the
   * call answers with no message.
   */
  async deliver(request: ApiRequest, signal: AbortSignal): Promise<{ messageId: string; at: number } | undefined> {
    const answer =
      request.upload === undefined
        ? await this.#call(signal, (inner) => this.#anyCall(request.method, request.payload, inner))
        : await this.#upload(request, request.upload, signal);
    return readReceipt(answer);
  }

  /** Where a file can be downloaded, for an hour at least. */
  async getFile(fileId: string, signal: AbortSignal): Promise<RemoteFile> {
    const payload = { file_id: fileId };
    const file = await this.#call(signal, (inner) => this.#calls.callApi("getFile", payload, inner));
    if (file.file_path === undefined) throw unreadable("The answer of getFile names no path.");
    return { path: file.file_path, size: file.file_size };
  }

  /** The bytes of a file that `getFile` found, as they come. */
  async download(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { apiRoot, token, timeoutSeconds } = this.#settings;
    const root = apiRoot.endsWith("/") ? apiRoot : `${apiRoot}/`;
    const segments = path.split("/").map((segment) => encodeURIComponent(segment));
    if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
      throw unreadable("The answer of getFile names no path on its server.");
    }
    const url = new URL(`file/bot${token}/${segments.join("/")}`, root);
    const request = { url, agent: this.#callAgent, idleTimeoutMs: timeoutSeconds * 1_000, redact: this.#redact };
    return download(request, signal);
  }

  async showTyping(chatId: string, threadId: number | undefined, signal: AbortSignal): Promise<void> {
    const thread = threadId === undefined ? {} : { message_thread_id: threadId };
    const payload = { chat_id: chatId, action: "typing" as const, ...thread };
    await this.#call(signal, (inner) => this.#calls.callApi("sendChatAction", payload, inner));
  }

  /** Shows, in a topic of a private chat, what is being written. */
  async showDraft(payload: object, signal: AbortSignal): Promise<void> {
    await this.#call(signal, (inner) => this.#anyCall("sendMessageDraft", payload, inner));
  }

  /** Stops the spinner on the button a person tapped. */
  async answerCallbackQuery(queryId: string, signal: AbortSignal): Promise<void> {
    const payload = { callback_query_id: queryId };
    await this.#call(signal, (inner) => this.#calls.callApi("answerCallbackQuery", payload, inner));
  }

  /** Shows people these commands in the bot's menu; none takes the menu away. */
  async setCommands(commands: readonly MenuCommand[], signal: AbortSignal): Promise<void> {
    if (commands.length === 0) {
      await this.#call(signal, (inner) => this.#calls.callApi("deleteMyCommands", {}, inner));
      return;
    }
    const payload = { commands: commands.map(({ name, description }) => ({ command: name, description })) };
    await this.#call(signal, (inner) => this.#calls.callApi("setMyCommands", payload, inner));
  }

  /** Takes the token out of any text. */
  redact(text: string): string {
    return this.#redact(text);
  }

  [Symbol.dispose](): void {
    this.#pollAgent.destroy();
    this.#callAgent.destroy();
  }

  async #call<T>(signal: AbortSignal, call: (options: CallOptions) => Promise<T>): Promise<T> {
    await noticeClosedSockets();
    return this.#within(this.#settings.timeoutSeconds * 1_000, signal, call);
  }

  /** Streams a file from disk as part of the call. */
  async #upload(
    { method, payload }: ApiRequest,
    { field, path, fileName }: NonNullable<ApiRequest["upload"]>,
    signal: AbortSignal,
  ): Promise<unknown> {
    await noticeClosedSockets();
    await using file = await UploadFile.open(path);
    const attempt = new Attempt();
    attempt.bodyBegins();
    file.onEnd(() => attempt.bodyEnded());
    // The library looks for files among objects, so that every other object has to be text already.
    const form: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(payload)) form[name] = asFormField(value);
    form[field] = { source: file.stream, filename: headerSafe(fileName) };
    const within = AbortSignal.any([signal, file.failed]);
    return await this.#within(uploadDeadlineMs, within, (inner) => this.#anyCall(method, form, inner), attempt);
  }

  #anyCall(method: string, payload: object, options: CallOptions): Promise<unknown> {
    // The library types each method's payload; these are built from data, and Telegram is the judge of them.
    const call = this.#calls.callApi.bind(this.#calls) as UntypedCall;
    return call(method, payload, options);
  }

  async #within<T>(
    deadlineMs: number,
    signal: AbortSignal,
    call: (options: CallOptions) => Promise<T>,
    attempt = new Attempt(),
  ): Promise<T> {
    const deadline = AbortSignal.timeout(deadlineMs);
    using inner = joinSignals(signal, deadline);
    try {
      if (signal.aborted) throw signal.reason;
      return await this.#tracker.run(attempt, () => call({ signal: asVendorSignal(inner.signal) }));
    } catch (error) {
      if (signal.aborted) throw signal.reason instanceof UploadFailure ? signal.reason : stopped(attempt);
      if (deadline.aborted) throw unanswered(attempt, deadlineMs);
      throw this.#translate(error, attempt);
    }
  }

  /** The vendor's errors hold the request's address, and with it the token: none of them leaves this file. */
  #translate(error: unknown, attempt: Attempt): ApiRefusal | ConnectionFailure {
    if (error instanceof ConnectionFailure) return error;
    if (error instanceof TelegramError) {
      return new ApiRefusal({
        code: error.code,
        description: this.#redact(error.description),
        retryAfterSeconds: error.parameters?.retry_after,
        migrateToChatId: error.parameters?.migrate_to_chat_id,
      });
    }
    const { code, type } = vendorFields(error);
    if (type === "invalid-json") return unreadable("The answer is not JSON. Is apiRoot right, or a proxy in between?");
    const reason = error instanceof Error ? reasonIn(this.#redact(error.message)) : "";
    const known = code ?? type ?? "BROKEN";
    return new ConnectionFailure({ written: attempt.written, code: known, reason: reason === "" ? known : reason });
  }
}

type UpdateKind = NonNullable<Parameters<Telegram["getUpdates"]>[3]>[number];
type CallOptions = NonNullable<Parameters<Telegram["callApi"]>[2]>;
type UntypedCall = (method: string, payload: object, options: CallOptions) => Promise<unknown>;
type VendorSignal = NonNullable<CallOptions["signal"]>;

function updateKindsFor({ wantsReactions }: ClientSettings): readonly UpdateKind[] {
  return wantsReactions ? [...allowedUpdates, "message_reaction"] : allowedUpdates;
}

/**
 * Lets the event loop go round once, so that an idle connection the other side has closed is not taken for a request,
 * which would then have an unknown end.
 */
async function noticeClosedSockets(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

function createTelegram({ token, apiRoot }: ClientSettings, agent: Agent): Telegram {
  // An apiRoot without the slash would lose its last segment when the method's address is resolved against it.
  const telegram = new Telegram(token, { apiRoot: apiRoot.endsWith("/") ? apiRoot : `${apiRoot}/`, agent });
  // The constructor drops the agent for http addresses.
  telegram.options.agent = agent;
  return telegram;
}

function asVendorSignal(signal: AbortSignal): VendorSignal {
  // The library's types name an old polyfill, whose declarations contradict the platform's; it takes the real thing.
  return signal as unknown as VendorSignal;
}

/** The message in an answer, if it is one. */
function readReceipt(answer: unknown): { messageId: string; at: number } | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  if (!("message_id" in answer && "date" in answer)) return undefined;
  const { message_id: id, date } = answer;
  return typeof id === "number" && typeof date === "number" ? { messageId: String(id), at: date * 1_000 } : undefined;
}

function asFormField(value: unknown): unknown {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}

/** A file name that can not end the header it stands in. */
function headerSafe(fileName: string): string {
  return fileName.replaceAll(/["\\\r\n]/g, "_");
}

function stopped(attempt: Attempt): ConnectionFailure {
  return new ConnectionFailure({ written: attempt.written, code: "STOPPED", reason: "The call was given up." });
}

function unanswered(attempt: Attempt, deadlineMs: number): ConnectionFailure {
  const reason = `No answer within ${Math.round(deadlineMs / 1_000)} s.`;
  return new ConnectionFailure({ written: attempt.written, code: "TIMEOUT", reason });
}

function unreadable(reason: string): ConnectionFailure {
  return new ConnectionFailure({ written: true, code: "UNREADABLE_ANSWER", reason });
}

/** The cause in a message of node-fetch, which starts with the request's address. */
function reasonIn(message: string): string {
  return message.replace(/^.*?reason: /s, "").trim();
}

/** The machine-readable parts of an error of node-fetch. */
function vendorFields(error: unknown): { code: string | undefined; type: string | undefined } {
  if (!(error instanceof Error)) return { code: undefined, type: undefined };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const type = "type" in error && typeof error.type === "string" ? error.type : undefined;
  return { code, type };
}

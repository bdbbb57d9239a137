import type { Agent } from "node:http";
import { setImmediate } from "node:timers/promises";

import { Telegram, TelegramError } from "telegraf";

import { botIdOf, tokenRedactor } from "./account/token.ts";
import { Attempt, AttemptTracker, createTrackingAgent } from "./connection/agents.ts";
import { ApiRefusal, ConnectionFailure } from "./errors.ts";

/** What the bot wants to hear of. Telegram leaves reactions out unless they are named. */
const allowedUpdates = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "callback_query",
  "message_reaction",
  "my_chat_member",
] as const;

const pollLimit = 100;
const defaultPollGraceMs = 10_000;

export interface ClientSettings {
  readonly token: string;
  readonly apiRoot: string;
  readonly autoSelectFamily: boolean;
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

export interface TextMessage {
  readonly chatId: string;
  readonly text: string;
  readonly isHtml: boolean;
  readonly threadId: number | undefined;
  readonly replyTo: number | undefined;
  readonly linkPreview: boolean;
}

type ReactionEmoji = Extract<
  NonNullable<Parameters<Telegram["setMessageReaction"]>[2]>[number],
  { type: "emoji" }
>["emoji"];

/**
 * The Bot API calls this channel makes. Every one throws ApiRefusal or ConnectionFailure and nothing else; no error
 * holds the token. Polls have connections of their own.
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

  /** One poll. It is over, answered or not, soon after `timeoutSeconds`. */
  async getUpdates(
    request: { readonly offset: number | undefined; readonly timeoutSeconds: number },
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    const payload = {
      limit: pollLimit,
      timeout: request.timeoutSeconds,
      allowed_updates: allowedUpdates,
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

  /** Sends a text; answers with the message's id and its time in epoch milliseconds. */
  async sendText(message: TextMessage, signal: AbortSignal): Promise<{ messageId: string; at: number }> {
    const { chatId, text, isHtml, threadId, replyTo, linkPreview } = message;
    const payload = {
      chat_id: chatId,
      text,
      ...(isHtml ? { parse_mode: "HTML" as const } : {}),
      ...(threadId === undefined ? {} : { message_thread_id: threadId }),
      ...(replyTo === undefined
        ? {}
        : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
      ...(linkPreview ? {} : { link_preview_options: { is_disabled: true } }),
    };
    const sent = await this.#call(signal, (inner) => this.#calls.callApi("sendMessage", payload, inner));
    return { messageId: String(sent.message_id), at: sent.date * 1_000 };
  }

  async showTyping(chatId: string, threadId: number | undefined, signal: AbortSignal): Promise<void> {
    const thread = threadId === undefined ? {} : { message_thread_id: threadId };
    const payload = { chat_id: chatId, action: "typing" as const, ...thread };
    await this.#call(signal, (inner) => this.#calls.callApi("sendChatAction", payload, inner));
  }

  /** Sets the bot's reaction; an empty emoji removes it. */
  async react(target: { chatId: string; messageId: number }, emoji: string, signal: AbortSignal): Promise<void> {
    const reaction = isReaction(emoji) ? [{ type: "emoji" as const, emoji }] : [];
    const payload = { chat_id: target.chatId, message_id: target.messageId, reaction };
    await this.#call(signal, (inner) => this.#calls.callApi("setMessageReaction", payload, inner));
  }

  /** Stops the spinner on the button a person tapped. */
  async answerCallbackQuery(queryId: string, signal: AbortSignal): Promise<void> {
    const payload = { callback_query_id: queryId };
    await this.#call(signal, (inner) => this.#calls.callApi("answerCallbackQuery", payload, inner));
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

  async #within<T>(deadlineMs: number, signal: AbortSignal, call: (options: CallOptions) => Promise<T>): Promise<T> {
    const attempt = new Attempt();
    const deadline = AbortSignal.timeout(deadlineMs);
    const inner = AbortSignal.any([signal, deadline]);
    try {
      if (signal.aborted) throw signal.reason;
      return await this.#tracker.run(attempt, () => call({ signal: asVendorSignal(inner) }));
    } catch (error) {
      if (signal.aborted) throw stopped(attempt);
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

type CallOptions = NonNullable<Parameters<Telegram["callApi"]>[2]>;
type VendorSignal = NonNullable<CallOptions["signal"]>;

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

/** Telegram is the judge of which emoji it offers; the type lists those of one version. */
function isReaction(emoji: string): emoji is ReactionEmoji {
  return emoji !== "";
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

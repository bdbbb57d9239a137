import type { ChannelLogger, OutboundMessage, SendOutcome } from "@openclaw/channels-contract";

import type { TelegramClient } from "./client.ts";
import { ApiRefusal, outcomeOf, type SendProblem, sendProblemOf } from "./errors.ts";
import { findProblem } from "./sending/content.ts";
import { RateLimits } from "./sending/rate-limits.ts";
import { type Form, requestFor } from "./sending/request.ts";

/** The contract allows a send 60 seconds. */
const sendDeadlineMs = 55_000;
/** A longer wait for the limits is left to the gateway. */
const maxRateWaitMs = 5_000;
const maxRememberedMoves = 1_000;

export interface OutboundSettings {
  readonly linkPreview: boolean;
}

/** Milliseconds that only go forward, and waiting. */
export interface PaceClock {
  now(): number;
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
}

export interface OutboundDependencies {
  readonly client: TelegramClient;
  readonly settings: OutboundSettings;
  readonly clock: PaceClock;
  /** Undefined before the channel is started. */
  readonly log: () => ChannelLogger | undefined;
  /** Told when Telegram names the new id of a group that became a supergroup. */
  readonly onMove?: (from: string, to: string) => void;
}

/** Turns outbound operations into Bot API calls, at a pace Telegram allows. */
export class Outbound {
  readonly #dependencies: OutboundDependencies;
  readonly #limits = new RateLimits();
  /** Groups that became supergroups: the old chat id and the new one. */
  readonly #moves = new Map<string, string>();

  constructor(dependencies: OutboundDependencies) {
    this.#dependencies = dependencies;
  }

  /** One attempt. What Telegram refuses in one form (formatting, a reply, a picture) is tried in a plainer one. */
  async send(message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome> {
    const { client, settings } = this.#dependencies;
    const problem = findProblem(message.to.chatId, message.content);
    if (problem !== undefined) return problem;
    const within = AbortSignal.any([signal, AbortSignal.timeout(sendDeadlineMs)]);
    let form: Form = {
      chatId: this.#moves.get(message.to.chatId) ?? message.to.chatId,
      isFormatted: true,
      isReply: true,
      isDocument: false,
      isCaption: false,
    };
    const delayed = await this.#keepPace(form.chatId, within);
    if (delayed !== undefined) return delayed;
    for (;;) {
      try {
        const sent = await client.deliver(requestFor(message, form, settings), within);
        return { outcome: "sent", ...(sent ?? unchanged(message)) };
      } catch (error) {
        const reason = sendProblemOf(error);
        if (reason === "done") return { outcome: "sent", ...unchanged(message) };
        const next = this.#adjust(form, reason, error);
        if (next === undefined) return outcomeOf(error);
        form = next;
      }
    }
  }

  async #keepPace(chatId: string, signal: AbortSignal): Promise<SendOutcome | undefined> {
    const { clock } = this.#dependencies;
    const waitMs = this.#limits.take(chatId, clock.now(), maxRateWaitMs);
    const reason = "Telegram's limit for messages in this time is reached.";
    if (waitMs > maxRateWaitMs) return { outcome: "retry", reason, retryAfterMs: waitMs, scope: "chat" };
    if (waitMs === 0) return undefined;
    try {
      await clock.sleep(waitMs, signal);
      return undefined;
    } catch {
      return { outcome: "retry", reason };
    }
  }

  /** The form that avoids a refusal; undefined when there is none. Each step can be taken once. */
  #adjust(form: Form, problem: SendProblem | undefined, error: unknown): Form | undefined {
    const log = this.#dependencies.log();
    switch (problem) {
      case "markup":
        if (!form.isFormatted) return undefined;
        log?.warn("Telegram could not read the formatting; the text is sent without it", { reason: reasonOf(error) });
        return { ...form, isFormatted: false };
      case "reply":
        return form.isReply ? { ...form, isReply: false } : undefined;
      case "picture":
        return form.isDocument ? undefined : { ...form, isDocument: true };
      case "caption":
        return form.isCaption ? undefined : { ...form, isCaption: true };
      case "moved":
        return this.#follow(form, error);
      default:
        return undefined;
    }
  }

  #follow(form: Form, error: unknown): Form | undefined {
    const newChatId = error instanceof ApiRefusal ? error.migrateToChatId : undefined;
    if (newChatId === undefined || this.#moves.has(form.chatId)) return undefined;
    const chatId = String(newChatId);
    this.#dependencies.log()?.info("the group has become a supergroup; messages go to its new id", {
      from: form.chatId,
      to: chatId,
    });
    this.rememberMove(form.chatId, chatId);
    this.#dependencies.onMove?.(form.chatId, chatId);
    return { ...form, chatId };
  }

  /** From now on messages to `from` go to `to`. */
  rememberMove(from: string, to: string): void {
    const oldest = this.#moves.size < maxRememberedMoves ? undefined : this.#moves.keys().next().value;
    if (oldest !== undefined) this.#moves.delete(oldest);
    this.#moves.set(from, to);
  }
}

/** The receipt of a call whose answer names no message. */
function unchanged({ content }: OutboundMessage): { messageId: string; at: number } {
  return { messageId: "messageId" in content ? content.messageId : "", at: Date.now() };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { ChannelLogger, OutboundMessage, SendOutcome } from "@openclaw/channels-contract";

import type { TelegramClient } from "./client.ts";
import { ApiRefusal, outcomeOf, sendProblemOf } from "./errors.ts";
import { maxMessageLength, renderHtml } from "./format.ts";

/** The contract allows a send 60 seconds. */
const sendDeadlineMs = 55_000;
const maxRememberedMoves = 1_000;

interface Plan {
  readonly chatId: string;
  readonly html: string | undefined;
  readonly replyTo: number | undefined;
}

export interface OutboundSettings {
  readonly linkPreview: boolean;
}

/** Turns outbound operations into Bot API calls. */
export class Outbound {
  readonly #client: TelegramClient;
  readonly #settings: OutboundSettings;
  /** Groups that became supergroups: the old chat id and the new one. */
  readonly #moves = new Map<string, string>();

  constructor(client: TelegramClient, settings: OutboundSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** One attempt. A text Telegram can not read as HTML is sent plainly; a message that is gone is not replied to. */
  async send(message: OutboundMessage, log: ChannelLogger, signal: AbortSignal): Promise<SendOutcome> {
    const { content } = message;
    if (content.kind !== "text") return { outcome: "permanent", code: "UNSUPPORTED", reason: "Only text is sent." };
    const problem = findProblem(message.to.chatId, content.text);
    if (problem !== undefined) return problem;
    const within = AbortSignal.any([signal, AbortSignal.timeout(sendDeadlineMs)]);
    let plan: Plan = {
      chatId: this.#moves.get(message.to.chatId) ?? message.to.chatId,
      html: renderHtml(content.text),
      replyTo: messageNumber(message.replyTo),
    };
    for (;;) {
      try {
        const sent = await this.#client.sendText(
          {
            chatId: plan.chatId,
            text: plan.html ?? content.text,
            isHtml: plan.html !== undefined,
            threadId: sendThread(message.to.threadId),
            replyTo: plan.replyTo,
            linkPreview: this.#settings.linkPreview,
          },
          within,
        );
        return { outcome: "sent", ...sent };
      } catch (error) {
        const next = this.#adjust(plan, error, log);
        if (next === undefined) return outcomeOf(error);
        plan = next;
      }
    }
  }

  /** The same message in a form that avoids the refusal; undefined when there is none. Each step can be taken once. */
  #adjust(plan: Plan, error: unknown, log: ChannelLogger): Plan | undefined {
    const problem = sendProblemOf(error);
    if (problem === "markup" && plan.html !== undefined) {
      log.warn("Telegram could not read the formatting; the text is sent without it", { reason: reasonOf(error) });
      return { ...plan, html: undefined };
    }
    if (problem === "reply" && plan.replyTo !== undefined) return { ...plan, replyTo: undefined };
    const newChatId = problem === "moved" && error instanceof ApiRefusal ? error.migrateToChatId : undefined;
    if (newChatId === undefined || this.#moves.has(plan.chatId)) return undefined;
    log.info("the group has become a supergroup; messages go to its new id", { from: plan.chatId, to: newChatId });
    this.#rememberMove(plan.chatId, String(newChatId));
    return { ...plan, chatId: String(newChatId) };
  }

  #rememberMove(from: string, to: string): void {
    const oldest = this.#moves.size < maxRememberedMoves ? undefined : this.#moves.keys().next().value;
    if (oldest !== undefined) this.#moves.delete(oldest);
    this.#moves.set(from, to);
  }
}

/** What Telegram would refuse in any form, found without asking it. */
function findProblem(chatId: string, text: string): SendOutcome | undefined {
  if (!/^-?\d+$|^@\w+$/.test(chatId)) {
    const reason = `"${chatId}" is no Telegram chat: expected a numeric id or the @name of a public channel.`;
    return { outcome: "permanent", code: "CHAT_ID_INVALID", reason };
  }
  if (text.trim() === "") {
    return { outcome: "permanent", code: "EMPTY_TEXT", reason: "There is no text to send." };
  }
  if (text.length > maxMessageLength) {
    const reason = `The text has ${text.length} characters; Telegram takes ${maxMessageLength}.`;
    return { outcome: "permanent", code: "MESSAGE_TOO_LONG", reason };
  }
  return undefined;
}

/** The topic a message goes to. The General topic, id 1, is addressed by naming none. */
function sendThread(threadId: string | undefined): number | undefined {
  const number = messageNumber(threadId);
  return number === 1 ? undefined : number;
}

/** The number in an id; undefined for ids that are none, such as those of tapped buttons. */
export function messageNumber(id: string | undefined): number | undefined {
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { ChannelHost } from "@openclaw/channels-contract";

import type { BotIdentity, TelegramClient } from "../client.ts";
import type { Recovery } from "../connection/recovery.ts";
import type { StatusReporter } from "../connection/status-reporter.ts";
import { TapAnswers } from "../connection/tap-answers.ts";
import { nameUpdate, recordUpdate } from "../payload/event.ts";
import type { WebhookListeners } from "./listeners.ts";

const maxBodyBytes = 1_048_576;
const secretHeader = "x-telegram-bot-api-secret-token";

/** Where Telegram posts updates, and where they are listened for; a proxy in between may translate. */
export interface WebhookSettings {
  readonly url: string;
  readonly secret: string;
  readonly path: string;
  readonly host: string;
  readonly port: number;
}

export interface WebhookReceiverOptions {
  readonly client: TelegramClient;
  readonly host: ChannelHost;
  readonly identity: BotIdentity;
  readonly recovery: Recovery;
  readonly reporter: StatusReporter;
  readonly listeners: WebhookListeners;
  readonly webhook: WebhookSettings;
}

/** Receives updates by webhook. Telegram is answered 200 only after an update is recorded; anything else comes again. */
export class WebhookReceiver {
  readonly #options: WebhookReceiverOptions;
  readonly #taps: TapAnswers;

  constructor(options: WebhookReceiverOptions) {
    this.#options = options;
    this.#taps = new TapAnswers(options.client);
  }

  /** Listens until the credentials are refused, which needs a new greeting. Rejects when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, host, identity, recovery, reporter, listeners, webhook } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      try {
        await using _mounted = await listeners.mount(webhook, (request, response) =>
          this.#serve(request, response, signal),
        );
        await client.setWebhook(webhook, signal);
        recovery.succeeded();
        reporter.report("online");
        host.log.info("receiving messages by webhook", { bot: identity.username, port: webhook.port });
        await aborted(signal);
      } catch (error) {
        signal.throwIfAborted();
        const { state } = await recovery.pause(error, signal);
        if (state === "unauthorized") return;
      }
    }
  }

  /** The secret before the body: a stranger's bytes are not read. */
  async #serve(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const { headers, method } = request;
    if (method !== "POST") return answer(response, 405);
    if (!isSecret(headers[secretHeader], this.#options.webhook.secret)) return answer(response, 401);
    if (Number(headers["content-length"] ?? 0) > maxBodyBytes) return answer(response, 413);
    const body = await readBody(request);
    if (body === undefined) return answer(response, 413);
    let update: unknown;
    try {
      update = JSON.parse(body);
      nameUpdate(update);
    } catch {
      return answer(response, 400);
    }
    answer(response, (await this.#record(update, signal)) ? 200 : 503);
  }

  async #record(update: unknown, signal: AbortSignal): Promise<boolean> {
    const { host, identity } = this.#options;
    const { id, username } = identity;
    const bot = { id, ...(username === undefined ? {} : { username }) };
    const named = nameUpdate(update);
    try {
      signal.throwIfAborted();
      await host.accept({ events: [recordUpdate(named, { bot, receivedAt: host.now(), origin: "live" })] });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) host.log.warn("an update can not be stored, so Telegram keeps it", { reason });
      return false;
    }
    this.#taps.answer(named.callbackQueryId, signal);
    return true;
  }
}

/** Compared by digests of one length, in a time that tells nothing. */
function isSecret(given: string | string[] | undefined, secret: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return typeof given === "string" && timingSafeEqual(digest(given), digest(secret));
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, status === 200 ? {} : { connection: "close" }).end();
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

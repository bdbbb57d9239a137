import type { Update } from "../types.ts";
import type { UpdateQueue } from "./queue.ts";

const deliveryDeadlineMs = 10_000;
const retryDelayMs = 100;

export interface WebhookSettings {
  readonly url: string;
  readonly secretToken: string | undefined;
}

/** One attempt to hand an update to the webhook. Status 0: no answer. */
export interface WebhookDelivery {
  readonly update: Update;
  readonly status: number;
}

/** Posts pending updates to the bot's webhook, one after another, each until it is answered with a 2xx status. */
export class Webhook {
  readonly deliveries: WebhookDelivery[] = [];
  readonly #queue: UpdateQueue;
  readonly #changed: () => void;
  readonly #closing = new AbortController();
  #settings: WebhookSettings | undefined;
  #lastError: { readonly at: number; readonly message: string } | undefined;
  #pumping: Promise<void> | undefined;

  constructor(queue: UpdateQueue, changed: () => void) {
    this.#queue = queue;
    this.#changed = changed;
  }

  get isSet(): boolean {
    return this.#settings !== undefined;
  }

  set(settings: WebhookSettings | undefined): void {
    this.#settings = settings;
    this.#lastError = undefined;
    if (settings !== undefined) this.#queue.interrupt("terminated by setWebhook request");
    this.pump();
  }

  /** The answer of getWebhookInfo. */
  info(): Record<string, unknown> {
    return {
      url: this.#settings?.url ?? "",
      has_custom_certificate: false,
      pending_update_count: this.#queue.pending.length,
      ...(this.#lastError === undefined
        ? {}
        : { last_error_date: Math.floor(this.#lastError.at / 1_000), last_error_message: this.#lastError.message }),
    };
  }

  /** Starts handing over what is pending, unless that goes on already. */
  pump(): void {
    this.#pumping ??= this.#run().finally(() => {
      this.#pumping = undefined;
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#pumping;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const [update] = this.#queue.pending;
      if (update === undefined || this.#settings === undefined) return;
      const status = await this.#post(update, this.#settings);
      this.deliveries.push({ update, status });
      if (status >= 200 && status < 300) this.#queue.confirm(update);
      else await this.#pause();
      this.#changed();
    }
  }

  async #post(update: Update, { url, secretToken }: WebhookSettings): Promise<number> {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(secretToken === undefined ? {} : { "x-telegram-bot-api-secret-token": secretToken }),
        },
        body: JSON.stringify(update),
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(deliveryDeadlineMs)]),
      });
      await response.arrayBuffer();
      if (!response.ok) this.#fail(`Wrong response from the webhook: ${response.status} ${response.statusText}`);
      return response.status;
    } catch {
      this.#fail("Connection refused");
      return 0;
    }
  }

  #fail(message: string): void {
    this.#lastError = { at: Date.now(), message };
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, retryDelayMs);
      this.#closing.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

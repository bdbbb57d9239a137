import type { TelegramClient } from "../client.ts";

/** Buttons whose tap is being answered; more than these wait for Telegram's own time-out. */
const maxAnswers = 20;

/** Stops the spinner on tapped buttons. Nobody waits for it, and a failure concerns nobody. */
export class TapAnswers {
  readonly #client: TelegramClient;
  #open = 0;

  constructor(client: TelegramClient) {
    this.#client = client;
  }

  answer(queryId: string | undefined, signal: AbortSignal): void {
    if (queryId === undefined || this.#open >= maxAnswers) return;
    this.#open += 1;
    void this.#client
      .answerCallbackQuery(queryId, signal)
      .catch(() => undefined)
      .finally(() => {
        this.#open -= 1;
      });
  }
}

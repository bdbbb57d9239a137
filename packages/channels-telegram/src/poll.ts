import type { ChannelHost } from "@openclaw/channels-contract";

import type { BotIdentity, TelegramClient } from "./client.ts";
import type { Recovery } from "./connection/recovery.ts";
import type { StatusReporter } from "./connection/status-reporter.ts";
import { TapAnswers } from "./connection/tap-answers.ts";
import { UpdateCursor } from "./connection/update-cursor.ts";
import { isWebhookConflict, RecordingFailure } from "./errors.ts";
import { type NamedUpdate, nameUpdate, recordUpdate } from "./payload/event.ts";

const defaultLongPollSeconds = 25;
const probePollSeconds = 5;

export interface PollerOptions {
  readonly client: TelegramClient;
  readonly host: ChannelHost;
  readonly identity: BotIdentity;
  readonly recovery: Recovery;
  readonly reporter: StatusReporter;
  /** How long a poll waits for updates. Default 25. */
  readonly longPollSeconds?: number;
}

/**
 * - `backlog`: asks without waiting, until nothing is left of what was written while there was no contact.
 * - `probe`: a short poll, to find out whether another poller is still there.
 * - `live`: long polls.
 */
type Phase = "backlog" | "probe" | "live";

/**
 * Fetches updates, at least once each: a batch is recorded together with the offset after it, and only the next poll
 * tells Telegram that offset. https://core.telegram.org/bots/api#getupdates
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #taps: TapAnswers;
  #phase: Phase = "backlog";
  #cursor: UpdateCursor | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#taps = new TapAnswers(options.client);
  }

  /**
   * Polls until the credentials are refused or a webhook is in the way: both need a new greeting. Rejects with the
   * signal's reason when it aborts.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { client, recovery } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      try {
        await this.#pollOnce(signal);
        recovery.succeeded();
      } catch (error) {
        signal.throwIfAborted();
        client.renewPollConnection();
        const { state } = await recovery.pause(error, signal);
        if (state === "unauthorized" || isWebhookConflict(error)) return;
        this.#phase = state === "conflict" ? "probe" : "backlog";
      }
    }
  }

  async #pollOnce(signal: AbortSignal): Promise<void> {
    const { client, host, reporter } = this.#options;
    this.#cursor ??= await this.#loadCursor();
    const offset = this.#cursor.offset(host.now());
    const answer = await client.getUpdates({ offset, timeoutSeconds: this.#timeoutSeconds() }, signal);
    const updates = answer.map((update) => nameUpdate(update));
    if (updates.length > 0) await this.#record(updates, this.#cursor, signal);
    if (this.#phase !== "backlog" || updates.length === 0) this.#phase = "live";
    if (reporter.state !== "online") {
      reporter.report("online");
      host.log.info("receiving messages", { bot: this.#options.identity.username });
    }
  }

  #timeoutSeconds(): number {
    if (this.#phase === "backlog") return 0;
    const longPollSeconds = this.#options.longPollSeconds ?? defaultLongPollSeconds;
    return this.#phase === "live" ? longPollSeconds : Math.min(probePollSeconds, longPollSeconds);
  }

  async #loadCursor(): Promise<UpdateCursor> {
    const { host, identity } = this.#options;
    const stored = await host.readCursor(UpdateCursor.keyOf(identity.id)).catch((error: unknown) => {
      throw new RecordingFailure(reasonOf(error));
    });
    return new UpdateCursor(identity.id, stored);
  }

  async #record(updates: readonly NamedUpdate[], cursor: UpdateCursor, signal: AbortSignal): Promise<void> {
    const { host, identity } = this.#options;
    // An answer may arrive with the abort; what is not recorded now comes again.
    signal.throwIfAborted();
    const receivedAt = host.now();
    const position = cursor.after(
      updates.map((update) => update.id),
      receivedAt,
    );
    const { id, username } = identity;
    const bot = { id, ...(username === undefined ? {} : { username }) };
    const origin = this.#phase === "backlog" ? "backlog" : "live";
    const events = updates.map((update) => recordUpdate(update, { bot, receivedAt, origin }));
    await host.accept({ events, cursor: position }).catch((error: unknown) => {
      throw new RecordingFailure(reasonOf(error));
    });
    cursor.moveTo(position);
    for (const { callbackQueryId } of updates) this.#taps.answer(callbackQueryId, signal);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

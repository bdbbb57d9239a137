import type { ChannelHost } from "@openclaw/channels-contract";

import { isWebhookConflict, type Reaction, reactionTo } from "../errors.ts";
import { QuietLog } from "./quiet-log.ts";
import type { StatusReporter } from "./status-reporter.ts";

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** From here on a conflict is no remnant of an earlier poll. */
const lastingConflictMs = 60_000;
/** Conflicts further apart than this are two. */
const conflictGapMs = 90_000;

/** Meets failures: says what is wrong, and waits before the next attempt, longer each time. */
export class Recovery {
  readonly #host: ChannelHost;
  readonly #reporter: StatusReporter;
  readonly #log: QuietLog;
  #failures = 0;
  #conflict: { readonly since: number; last: number } | undefined;

  constructor(host: ChannelHost, reporter: StatusReporter) {
    this.#host = host;
    this.#reporter = reporter;
    this.#log = new QuietLog(host.log, () => host.now());
  }

  /** Contact works: the next pause is short again. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Reports and logs the failure and waits. Rejects with the signal's reason when it aborts first. */
  async pause(error: unknown, signal: AbortSignal): Promise<Reaction> {
    const reaction = this.#describe(error);
    const delayMs = reaction.pauseMs === "growing" ? this.#growingPause() : reaction.pauseMs;
    const { state, code, detail } = reaction;
    this.#reporter.report(state, { code, detail, retryAt: this.#host.now() + delayMs });
    this.#log.warn(`${state}:${code}`, detail, { code, retryInMs: delayMs });
    await this.#host.sleep(delayMs, signal);
    return reaction;
  }

  #describe(error: unknown): Reaction {
    const reaction = reactionTo(error);
    if (reaction.state !== "conflict") return reaction;
    const seconds = Math.round(this.#conflictAge() / 1_000);
    if (seconds * 1_000 < lastingConflictMs || isWebhookConflict(error)) return reaction;
    const detail =
      "Another program keeps polling this bot: another gateway, profile or machine with the same token. Stop it there, or get a new token from @BotFather (/revoke) and use it here only.";
    return { ...reaction, detail };
  }

  #conflictAge(): number {
    const now = this.#host.now();
    if (this.#conflict === undefined || now - this.#conflict.last > conflictGapMs) {
      this.#conflict = { since: now, last: now };
    }
    this.#conflict.last = now;
    return now - this.#conflict.since;
  }

  /** Doubles up to half a minute, a quarter more or less by chance, so that many accounts do not come back as one. */
  #growingPause(): number {
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures += 1;
    return Math.round(pauseMs * (0.75 + Math.random() / 2));
  }
}

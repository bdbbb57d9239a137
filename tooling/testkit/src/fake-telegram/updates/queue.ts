import type { ServerResponse } from "node:http";

import { BotApiError } from "../errors.ts";
import type { Update, UpdateContent } from "../types.ts";

const maxTimeoutSeconds = 50;
const maxLimit = 100;
const repeatWindowMs = 500;
/** An offset this far past the newest update is taken for a stale one, and answered from the head of the queue. */
const offsetTolerance = 10;
const notDeliveredByDefault = new Set(["message_reaction", "message_reaction_count", "chat_member"]);

export interface PollRequest {
  readonly offset: number;
  readonly limit: number | undefined;
  readonly timeoutSeconds: number;
}

interface ParkedPoll {
  wake(): void;
  end(error: BotApiError): void;
}

/** The updates the bot has not confirmed, with the rules of getUpdates. */
export class UpdateQueue {
  /** Ids of the updates the bot confirmed, in order. */
  readonly confirmed: number[] = [];
  #pending: Update[] = [];
  #again: Update[] = [];
  #nextId = 1_000;
  #newestId = 0;
  #allowed: ReadonlySet<string> | undefined;
  #parked: ParkedPoll | undefined;
  #previous = { offset: Number.NaN, startedAt: 0 };
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get pending(): readonly Update[] {
    return this.#pending;
  }

  /** True while a long poll waits for updates. */
  get isPolled(): boolean {
    return this.#parked !== undefined;
  }

  /** The kinds the bot asked for; an empty list is the default set. Holds until it is set again. */
  allow(kinds: readonly string[] | undefined): void {
    if (kinds !== undefined) this.#allowed = kinds.length === 0 ? undefined : new Set(kinds);
  }

  /** Adds an update, unless the bot did not ask for its kind. */
  push(content: UpdateContent): Update {
    const update: Update = { update_id: this.#nextId, ...content };
    const [kind] = Object.keys(content);
    if (kind !== undefined && this.#isAllowed(kind)) {
      this.#nextId += 1;
      this.#newestId = update.update_id;
      this.#pending.push(update);
      this.#wake();
    }
    return update;
  }

  /** Puts an update that was delivered before into the next answer once more, whatever the offset says. */
  repeat(update: Update): void {
    this.#again.push(update);
    this.#wake();
  }

  /** What an idle week does: the next update gets an id that has nothing to do with the earlier ones. */
  restartIds(nextId: number): void {
    this.#pending = [];
    this.#nextId = nextId;
    this.#newestId = nextId - 1;
  }

  dropPending(): void {
    this.#pending = [];
    this.#changed();
  }

  /** Takes an update off the queue: the bot has it for good. */
  confirm(update: Update): void {
    this.#pending = this.#pending.filter((other) => other !== update);
    this.confirmed.push(update.update_id);
    this.#changed();
  }

  /** Ends a parked poll with a conflict. */
  interrupt(reason: string): void {
    this.#parked?.end(new BotApiError(409, `Conflict: ${reason}`));
  }

  /** Answers a poll, at once or when there is something. Throws the server's errors. */
  async poll(request: PollRequest, response: ServerResponse): Promise<Update[]> {
    this.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running");
    this.#confirmBefore(request.offset);
    const limit = this.#limitOf(request);
    const ready = this.#take(limit);
    const timeoutSeconds = Math.min(Math.max(request.timeoutSeconds, 0), maxTimeoutSeconds);
    if (ready.length > 0 || timeoutSeconds === 0) return ready;
    return this.#park(limit, timeoutSeconds, response);
  }

  #isAllowed(kind: string): boolean {
    return this.#allowed === undefined ? !notDeliveredByDefault.has(kind) : this.#allowed.has(kind);
  }

  #confirmBefore(offset: number): void {
    let confirmed: readonly Update[] = [];
    if (offset > 0 && offset <= this.#newestId + offsetTolerance) {
      confirmed = this.#pending.filter((update) => update.update_id < offset);
    } else if (offset < 0) {
      confirmed = this.#pending.slice(0, offset);
    }
    for (const update of confirmed) this.confirm(update);
  }

  /** The same offset twice within half a second is answered with one update at most. */
  #limitOf({ offset, limit }: PollRequest): number {
    const repeated = offset === this.#previous.offset && Date.now() - this.#previous.startedAt < repeatWindowMs;
    this.#previous = { offset, startedAt: Date.now() };
    if (repeated) return 1;
    return limit === undefined || limit <= 0 || limit > maxLimit ? maxLimit : limit;
  }

  #take(limit: number): Update[] {
    const again = this.#again.splice(0);
    return [...again, ...this.#pending].slice(0, Math.max(limit, again.length));
  }

  #park(limit: number, timeoutSeconds: number, response: ServerResponse): Promise<Update[]> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        response.off("close", abandon);
        if (this.#parked === parked) this.#parked = undefined;
        this.#changed();
      };
      const answer = (): void => {
        leave();
        resolve(this.#take(limit));
      };
      const abandon = (): void => {
        leave();
        resolve([]);
      };
      const parked: ParkedPoll = {
        wake: answer,
        end: (error) => {
          leave();
          reject(error);
        },
      };
      const timer = setTimeout(answer, timeoutSeconds * 1_000);
      response.on("close", abandon);
      this.#parked = parked;
      this.#changed();
    });
  }

  #wake(): void {
    this.#parked?.wake();
    this.#changed();
  }
}

import type { UploadedFile } from "./request.ts";
import type { Message } from "./types.ts";

const recordLimit = 10_000;

/** One call as the server was told it. */
export interface Call {
  readonly sequence: number;
  /** As the caller spelled it. */
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, UploadedFile>>;
  readonly token: string;
  /** A number per TCP connection: equal numbers mean one socket was reused. */
  readonly connection: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A message the server accepted from the bot: what it was told, and what it made of it. */
export interface SentMessage {
  readonly call: Call;
  readonly message: Message;
}

interface Waiter {
  readonly check: () => void;
}

/** Everything the server was asked, in order, bounded; and those who wait for more. */
export class CallRecord {
  readonly calls: Call[] = [];
  readonly sent: SentMessage[] = [];
  readonly #waiters = new Set<Waiter>();
  #sequence = 0;

  addCall(call: Omit<Call, "sequence" | "at">): Call {
    this.#sequence += 1;
    const recorded: Call = { ...call, sequence: this.#sequence, at: Date.now() };
    this.calls.push(recorded);
    if (this.calls.length > recordLimit) this.calls.shift();
    this.notify();
    return recorded;
  }

  addSent(entry: SentMessage): void {
    this.sent.push(entry);
    if (this.sent.length > recordLimit) this.sent.shift();
    this.notify();
  }

  of(method: string): Call[] {
    const wanted = method.toLowerCase();
    return this.calls.filter((call) => call.method.toLowerCase() === wanted);
  }

  /** Tells the waiters that something changed. */
  notify(): void {
    for (const waiter of this.#waiters) waiter.check();
  }

  /**
   * The first defined value that `find` gives, now or after a later change. Rejects after `timeoutMs` with an error
   * that says what was waited for and what there is.
   */
  waitFor<T>(what: string, find: () => T | undefined, timeoutMs: number): Promise<T> {
    const present = find();
    if (present !== undefined) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        check: () => {
          const found = find();
          if (found === undefined) return;
          finish();
          resolve(found);
        },
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`Waited ${timeoutMs} ms for ${what}. ${this.#summary()}`));
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  #summary(): string {
    const methods = this.calls.slice(-20).map((call) => call.method);
    const texts = this.sent.slice(-5).map(({ message }) => JSON.stringify(message.text ?? message.caption ?? ""));
    return `Last calls: ${methods.join(", ") || "none"}. Last messages: ${texts.join(", ") || "none"}.`;
  }
}

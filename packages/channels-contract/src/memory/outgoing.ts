import type { MediaContent, OutboundContent, PollContent, TextContent } from "../content.ts";
import type { Address, OutboundMessage, SendOutcome } from "../messages.ts";

/** A message that the account wrote, as it stands on the platform. */
export interface MemorySent {
  readonly accountId: string;
  readonly operationId: string;
  readonly messageId: string;
  readonly to: Address;
  /** The text as it reads now, the caption of a file, or the question of a poll. */
  readonly text: string;
  readonly content: TextContent | MediaContent | PollContent;
  /** The bytes of a file. */
  readonly file?: Uint8Array;
  readonly replyTo?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * What happens to one outbound message instead of a plain delivery. `delivered` true leaves the message visible on
 * the platform although the outcome says something else: the lost confirmation of a real network.
 */
export interface ScriptedSend {
  readonly outcome: SendOutcome;
  readonly delivered?: boolean;
}

/** A scripted step, or a function that makes one; a promise that stays pending is a platform that never answers. */
export type SendStep =
  | ScriptedSend
  | ((message: OutboundMessage) => ScriptedSend | undefined | Promise<ScriptedSend | undefined>);

/** Messages the platform holds, newest last, bounded; and who waits for more. */
export class SentMessages {
  readonly #limit: number;
  readonly #messages: MemorySent[] = [];
  readonly #byOperation = new Map<string, MemorySent>();
  readonly #listeners = new Set<(message: MemorySent) => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get all(): readonly MemorySent[] {
    return this.#messages;
  }

  add(message: MemorySent): void {
    this.#messages.push(message);
    this.#byOperation.set(operationKey(message.accountId, message.operationId), message);
    const forgotten = this.#messages.length > this.#limit ? this.#messages.shift() : undefined;
    if (forgotten !== undefined) this.#byOperation.delete(operationKey(forgotten.accountId, forgotten.operationId));
    for (const listener of this.#listeners) listener(message);
  }

  /** Changes a message in place; false when there is none of that id. */
  edit(accountId: string, messageId: string, changes: Partial<MemorySent>): boolean {
    const index = this.#indexOf(accountId, messageId);
    const message = this.#messages[index];
    if (message === undefined) return false;
    this.#messages[index] = { ...message, ...changes };
    return true;
  }

  remove(accountId: string, messageId: string): void {
    const index = this.#indexOf(accountId, messageId);
    if (index !== -1) this.#messages.splice(index, 1);
  }

  #indexOf(accountId: string, messageId: string): number {
    return this.#messages.findIndex((one) => one.accountId === accountId && one.messageId === messageId);
  }

  find(accountId: string, operationId: string): MemorySent | undefined {
    return this.#byOperation.get(operationKey(accountId, operationId));
  }

  subscribe(listener: (message: MemorySent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** The first message, sent already or later, that matches. Rejects after `timeoutMs`. */
  waitFor(matches: (message: MemorySent) => boolean, timeoutMs: number): Promise<MemorySent> {
    const present = this.#messages.find(matches);
    if (present !== undefined) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const subscription = this.subscribe((message) => {
        if (!matches(message)) return;
        clearTimeout(timer);
        subscription[Symbol.dispose]();
        resolve(message);
      });
      const timer = setTimeout(() => {
        subscription[Symbol.dispose]();
        const seen = this.#messages.map((message) => JSON.stringify(message.text)).join(", ");
        reject(new Error(`No matching message was sent within ${timeoutMs} ms; sent so far: ${seen || "none"}.`));
      }, timeoutMs);
    });
  }
}

/** What people read of a message. */
export function visibleText(content: OutboundContent): string {
  switch (content.kind) {
    case "text":
    case "edit":
      return content.text;
    case "media":
      return content.caption ?? "";
    case "poll":
      return content.question;
    case "delete":
    case "reaction":
      return "";
  }
}

function operationKey(accountId: string, operationId: string): string {
  return JSON.stringify([accountId, operationId]);
}

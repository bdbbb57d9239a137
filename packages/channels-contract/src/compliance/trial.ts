import { expect } from "vitest";

import type { Channel } from "../channel.ts";
import type { ChannelAccount } from "../define.ts";
import type { InboundMessage, OutboundMessage, SendOutcome } from "../messages.ts";
import { RecordingHost } from "./recording-host.ts";
import type { ComplianceSetup, ComplianceSubject } from "./subject.ts";

const disposeDeadlineMs = 8_000;
const sendDeadlineMs = 65_000;
/** Long enough for a channel to say "received" if it were going to. */
const observationMs = 200;

/** One rule of the contract: its title, and a check that fails when the channel breaks it. */
export interface Rule {
  readonly title: string;
  readonly check: (trial: Trial) => Promise<void>;
}

/** Throws this to say that a rule does not apply to the subject. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** One channel on one fresh platform double, with a recording host. */
export class Trial {
  readonly subject: ComplianceSubject;
  readonly account: ChannelAccount;
  readonly channel: Channel;
  readonly host: RecordingHost;
  readonly #deadlineMs: number;
  readonly #starting = new AbortController();
  readonly #outcomes: SendOutcome[] = [];
  #operations = 0;

  private constructor(subject: ComplianceSubject, account: ChannelAccount, channel: Channel, deadlineMs: number) {
    this.subject = subject;
    this.account = account;
    this.channel = channel;
    this.#deadlineMs = deadlineMs;
    this.host = new RecordingHost({ accountId: account.accountId, deadlineMs });
  }

  /** Runs a check on a fresh subject, cleans up after it, and looks for secrets in everything that was said. */
  static async run(setup: ComplianceSetup, check: Rule["check"], deadlineMs = 10_000): Promise<void> {
    await using subject = await setup();
    const account = describeAccount(subject);
    const trial = new Trial(subject, account, await subject.plugin.create(account), deadlineMs);
    try {
      await check(trial);
    } finally {
      await trial.dispose();
    }
    trial.expectNoSecrets();
  }

  get platform(): ComplianceSubject["platform"] {
    return this.subject.platform;
  }

  start(): Promise<void> {
    return this.channel.start(this.host, this.#starting.signal);
  }

  async startAndWaitUntilOnline(): Promise<void> {
    await this.start();
    await this.host.waitForState("online");
  }

  /** Aborts the signal that `start` was given. */
  abortStart(): void {
    this.#starting.abort(new Error("The gateway stops this channel."));
  }

  /** Disposes the channel and fails when that takes too long. */
  dispose(): Promise<void> {
    return within(disposeDeadlineMs, "the channel to be disposed", this.channel[Symbol.asyncDispose]());
  }

  /** An outbound message to the subject's chat. */
  message(text: string, fields: Partial<OutboundMessage> = {}): OutboundMessage {
    this.#operations += 1;
    return {
      operationId: `operation-${this.#operations}`,
      attempt: 1,
      to: this.subject.to,
      content: { kind: "text", text },
      ...fields,
    };
  }

  /** Sends, and fails when `send` throws or does not settle in time. */
  async send(message: OutboundMessage, signal: AbortSignal = new AbortController().signal): Promise<SendOutcome> {
    const outcome = await within(sendDeadlineMs, "send to settle", this.channel.send(message, signal));
    this.#outcomes.push(outcome);
    return outcome;
  }

  /** The texts of the account's messages on the platform. */
  visibleTexts(): string[] {
    return this.platform.visible().map((message) => message.text);
  }

  /** What the channel reads from everything that was recorded. */
  recordedMessages(): InboundMessage[] {
    return this.host.events.map((event) => this.channel.parse(event.raw)).filter((message) => message !== null);
  }

  /** Waits until the condition holds, asking again and again. */
  async eventually(what: string, condition: () => boolean): Promise<void> {
    const deadline = Date.now() + this.#deadlineMs;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`Waited ${this.#deadlineMs} ms for ${what}.`);
      await pause();
    }
  }

  /** Watches for a moment that something does not happen, and fails when it does. */
  async expectNever(what: string, condition: () => boolean): Promise<void> {
    const end = Date.now() + observationMs;
    while (Date.now() < end) {
      expect(condition(), what).toBe(false);
      await pause();
    }
  }

  expectNoSecrets(): void {
    const said = this.host.transcript() + JSON.stringify(this.#outcomes);
    for (const secret of this.subject.secrets) {
      expect(said.includes(secret), "a secret was printed in a log line, a status or an outcome").toBe(false);
    }
  }
}

/** The subject's one account, by way of its schema. */
function describeAccount({ plugin, section, environment = {} }: ComplianceSubject): ChannelAccount {
  const accounts = plugin.accounts(plugin.configSchema.parse(section), environment);
  const [account] = accounts;
  if (account === undefined || accounts.length !== 1) {
    throw new Error(`The subject's section must describe one account; it describes ${accounts.length}.`);
  }
  return account;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

/** The promise's value; rejects when it takes longer. */
export async function within<T>(timeoutMs: number, what: string, promise: PromiseLike<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Waited ${timeoutMs} ms for ${what}.`)), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Makes a JSON value unchangeable, so that a parser that writes to its input throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

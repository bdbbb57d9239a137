import type { Address, OutboundContent } from "@openclaw/channels-contract";
import {
  RecordingHost,
  type RecordingHostOptions,
  type RecordingStorage,
} from "@openclaw/channels-contract/compliance";
import { FakeTelegram, type FakeTelegramOptions, type User } from "@openclaw/testkit/fake-telegram";

import { telegramAccounts, type TelegramSettings } from "../src/account/accounts.ts";
import { TelegramChannel } from "../src/channel.ts";
import { telegramConfigSchema } from "../src/config.ts";
import { PollLeases } from "../src/connection/poll-leases.ts";
import { WebhookListeners } from "../src/webhook/listeners.ts";

export interface SceneOptions {
  readonly telegram?: FakeTelegram;
  readonly fake?: FakeTelegramOptions;
  readonly section?: object;
  readonly storage?: RecordingStorage;
  readonly host?: Partial<RecordingHostOptions>;
  readonly leases?: PollLeases;
  readonly listeners?: WebhookListeners;
  /** Polls give up this long after their time. Default 10,000. */
  readonly pollGraceMs?: number;
  /** Default 25. */
  readonly longPollSeconds?: number;
}

/** A bot on a fake Telegram, not started. */
export class Scene implements AsyncDisposable {
  readonly telegram: FakeTelegram;
  readonly channel: TelegramChannel;
  readonly host: RecordingHost;
  readonly ada: User;
  readonly #ownsTelegram: boolean;
  #operations = 0;

  private constructor(telegram: FakeTelegram, options: SceneOptions) {
    this.telegram = telegram;
    this.#ownsTelegram = options.telegram === undefined;
    this.ada = telegram.people.addUser({ id: 7, firstName: "Ada", username: "ada" });
    this.channel = new TelegramChannel({
      settings: settingsOf(telegram, options.section ?? {}),
      leases: options.leases ?? new PollLeases(),
      listeners: options.listeners ?? new WebhookListeners(),
      timing: { longPollSeconds: options.longPollSeconds ?? 25, pollGraceMs: options.pollGraceMs ?? 10_000 },
    });
    this.host = new RecordingHost({
      accountId: "default",
      ...(options.storage === undefined ? {} : { storage: options.storage }),
      ...options.host,
    });
  }

  static async open(options: SceneOptions = {}): Promise<Scene> {
    return new Scene(options.telegram ?? (await FakeTelegram.start(options.fake)), options);
  }

  static async started(options: SceneOptions = {}): Promise<Scene> {
    const scene = await Scene.open(options);
    await scene.start();
    return scene;
  }

  static async online(options: SceneOptions = {}): Promise<Scene> {
    const scene = await Scene.started(options);
    await scene.host.waitForState("online");
    return scene;
  }

  start(): Promise<void> {
    return this.channel.start(this.host, new AbortController().signal);
  }

  /** The texts of what was recorded, in order. */
  texts(): string[] {
    return this.host.events.flatMap((event) => this.channel.parse(event.raw)?.text ?? []);
  }

  send(text: string, to: Address = { chatId: "7" }, replyTo?: string) {
    return this.deliver({ kind: "text", text }, to, replyTo);
  }

  deliver(content: OutboundContent, to: Address = { chatId: "7" }, replyTo?: string) {
    this.#operations += 1;
    const operationId = `operation ${this.#operations}`;
    const message = { operationId, attempt: 1, to, content, ...(replyTo === undefined ? {} : { replyTo }) };
    return this.channel.send(message, new AbortController().signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.channel[Symbol.asyncDispose]();
    if (this.#ownsTelegram) await this.telegram[Symbol.asyncDispose]();
  }
}

function settingsOf(telegram: FakeTelegram, section: object): TelegramSettings {
  const token = "tokenFile" in section ? {} : { botToken: telegram.token };
  const config = telegramConfigSchema.parse({ ...token, apiRoot: telegram.apiRoot, ...section });
  const [account] = telegramAccounts(config, {});
  if (account === undefined) throw new Error("The section describes no account.");
  return account.settings;
}

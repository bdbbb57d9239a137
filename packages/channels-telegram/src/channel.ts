import { setTimeout } from "node:timers/promises";

import {
  type Address,
  type Channel,
  type ChannelCapabilities,
  ChannelError,
  type ChannelHost,
  type ChannelProbe,
  type DraftCapability,
  type FetchedMedia,
  type InboundChange,
  type InboundMessage,
  joinSignals,
  type OutboundContent,
  type OutboundMessage,
  type ReactionCapability,
  type SendOutcome,
  type TypingCapability,
} from "@openclaw/channels-contract";

import type { TelegramSettings } from "./account/accounts.ts";
import { capabilitiesOf, objectionTo } from "./account/capabilities.ts";
import { readToken } from "./account/token.ts";
import { parseChange } from "./changes.ts";
import { type BotIdentity, TelegramClient } from "./client.ts";
import { publishMenu } from "./connection/command-menu.ts";
import type { PollLeases } from "./connection/poll-leases.ts";
import { Recovery } from "./connection/recovery.ts";
import { StatusReporter } from "./connection/status-reporter.ts";
import { parseUpdate } from "./inbound.ts";
import { recordMove } from "./payload/event.ts";
import { fetchFile } from "./payload/fetch.ts";
import { Poller } from "./poll.ts";
import { messageNumber } from "./sending/address.ts";
import { draftsOf } from "./sending/drafts.ts";
import { Outbound } from "./outbound.ts";
import { react } from "./sending/reaction.ts";
import type { WebhookListeners } from "./webhook/listeners.ts";
import { WebhookReceiver } from "./webhook/receiver.ts";

/** Telegram shows "typing" for five seconds. https://core.telegram.org/bots/api#sendchataction */
const typingLastsMs = 5_000;
const probeDeadlineMs = 10_000;
const missingTokenPauseMs = 60_000;
const leaseNoticeMs = 2_000;
const disposeDeadlineMs = 5_000;

export interface TelegramChannelOptions {
  readonly settings: TelegramSettings;
  /** Shared by all accounts that might poll the same bot. */
  readonly leases: PollLeases;
  /** Shared by all accounts, so that they can share a port. */
  readonly listeners: WebhookListeners;
  /** How long polls may take; see ClientSettings and PollerOptions. */
  readonly timing?: { readonly longPollSeconds: number; readonly pollGraceMs: number };
}

interface Connection {
  readonly client: TelegramClient;
  readonly outbound: Outbound;
}

/** What one run of the channel works with. */
interface Run {
  readonly host: ChannelHost;
  readonly reporter: StatusReporter;
  readonly recovery: Recovery;
  readonly signal: AbortSignal;
}

/** One bot. */
export class TelegramChannel implements Channel {
  readonly capabilities: ChannelCapabilities;
  readonly typing: TypingCapability;
  readonly reactions: ReactionCapability;
  readonly drafts?: DraftCapability;
  readonly #settings: TelegramSettings;
  readonly #leases: PollLeases;
  readonly #listeners: WebhookListeners;
  readonly #timing: TelegramChannelOptions["timing"];
  readonly #stopping = new AbortController();
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  #menu: Promise<void> | undefined;
  #host: ChannelHost | undefined;

  constructor({ settings, leases, listeners, timing }: TelegramChannelOptions) {
    this.capabilities = capabilitiesOf(settings);
    this.#settings = settings;
    this.#leases = leases;
    this.#listeners = listeners;
    this.#timing = timing;
    this.typing = { lastsMs: typingLastsMs, show: (to, signal) => this.#showTyping(to.chatId, to.threadId, signal) };
    const drafts = draftsOf(settings, async () => (await this.#connect()).client);
    if (drafts !== undefined) this.drafts = drafts;
    this.reactions = {
      react: async (to, messageId, emoji, signal) => {
        const { client } = await this.#connect();
        using within = joinSignals(signal, this.#stopping.signal);
        await react(client, { chatId: to.chatId, messageId, emoji }, within.signal);
      },
    };
  }

  async start(host: ChannelHost, signal: AbortSignal): Promise<void> {
    if (this.#running !== undefined) throw new ChannelError("UNSUPPORTED", "A channel is started once.");
    this.#host = host;
    for (const warning of this.#settings.warnings) host.log.warn(warning);
    const reporter = new StatusReporter(host);
    this.#running = this.#receive({
      host,
      reporter,
      recovery: new Recovery(host, reporter),
      signal: AbortSignal.any([signal, this.#stopping.signal]),
    });
  }

  parse(raw: unknown): InboundMessage | null {
    return parseUpdate(raw, this.#settings.inlineButtons);
  }

  parseChange(raw: unknown): InboundChange | null {
    return parseChange(raw, this.#settings.reactionNotifications);
  }

  async send(message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome> {
    if (signal.aborted || this.#stopping.signal.aborted)
      return { outcome: "retry", reason: "The channel is stopping." };
    let connection: Connection;
    try {
      connection = await this.#connect();
    } catch (error) {
      return { outcome: "retry", reason: reasonOf(error) };
    }
    using within = joinSignals(signal, this.#stopping.signal);
    return await connection.outbound.send(message, within.signal);
  }

  objection(to: Address, content: OutboundContent<unknown>): string | undefined {
    return objectionTo(to, content, this.#settings);
  }

  async fetchMedia(reference: unknown, signal: AbortSignal): Promise<FetchedMedia> {
    const { client } = await this.#connect();
    return fetchFile(client, reference, [signal, this.#stopping.signal]);
  }

  async probe(signal: AbortSignal): Promise<ChannelProbe> {
    const startedAt = performance.now();
    const elapsedMs = (): number => Math.round(performance.now() - startedAt);
    try {
      const { client } = await this.#connect();
      using within = joinSignals(signal, AbortSignal.timeout(probeDeadlineMs));
      await client.getMe(within.signal);
      return { ok: true, elapsedMs: elapsedMs() };
    } catch (error) {
      return { ok: false, elapsedMs: elapsedMs(), error: reasonOf(error) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new ChannelError("UNAVAILABLE", "The channel was stopped."));
    // What is being recorded may finish; a store that hangs is not waited for.
    const waiting = new AbortController();
    const late = setTimeout(disposeDeadlineMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([Promise.all([this.#running, this.#menu]), late]);
    waiting.abort();
    this.#disconnect();
  }

  /** Keeps the bot receiving until it is told to stop. */
  async #receive(run: Run): Promise<void> {
    const { host, reporter, signal } = run;
    if (!signal.aborted) reporter.report("connecting");
    while (!signal.aborted) {
      try {
        const client = await this.#connectPatiently(run);
        using _lease = await this.#acquireLease(client.botId, run);
        await this.#receiveAs(client, run);
        // The credentials were refused: a token file may hold others by now.
        if (this.#settings.tokenFile !== undefined) this.#disconnect();
      } catch (error) {
        if (signal.aborted) break;
        host.log.error("receiving failed on an internal error", { error: reasonOf(error) });
        await run.recovery.pause(error, signal).catch(() => undefined);
      }
    }
    reporter.report("stopped");
  }

  /** From the greeting to the end of polling. Returns when the credentials are refused. */
  async #receiveAs(client: TelegramClient, run: Run): Promise<void> {
    const identity = await this.#greet(client, run);
    if (identity === undefined) return;
    const { host, reporter, recovery, signal } = run;
    this.#menu = publishMenu(client, { host, settings: this.#settings.menu }, signal);
    const shared = { client, host, identity, recovery, reporter };
    const { webhook } = this.#settings;
    if (webhook === undefined) await new Poller({ ...shared, ...this.#timing }).run(signal);
    else await new WebhookReceiver({ ...shared, webhook, listeners: this.#listeners }).run(signal);
  }

  /** Asks who the bot is and makes polling possible, until both worked; undefined when the credentials are refused. */
  async #greet(client: TelegramClient, { host, reporter, recovery, signal }: Run): Promise<BotIdentity | undefined> {
    for (;;) {
      try {
        const identity = await client.getMe(signal);
        reporter.identify(identity);
        if (this.#settings.webhook === undefined) await client.deleteWebhook(signal);
        recovery.succeeded();
        host.log.debug("Telegram knows the bot", { id: identity.id, username: identity.username });
        return identity;
      } catch (error) {
        signal.throwIfAborted();
        const { state } = await recovery.pause(error, signal);
        if (state === "unauthorized") return undefined;
      }
    }
  }

  /** The client, once there is a token. */
  async #connectPatiently({ host, reporter, signal }: Run): Promise<TelegramClient> {
    for (;;) {
      try {
        return (await this.#connect()).client;
      } catch (error) {
        const detail = reasonOf(error);
        if (reporter.state !== "unlinked") host.log.warn(detail);
        reporter.report("unlinked", { code: "NO_TOKEN", detail, retryAt: host.now() + missingTokenPauseMs });
        await host.sleep(missingTokenPauseMs, signal);
      }
    }
  }

  async #acquireLease(botId: string, { host, reporter, signal }: Run): Promise<Disposable> {
    const acquired = new AbortController();
    const detail = "Another account or gateway in this process polls the same bot; this one waits until it stops.";
    using waiting = joinSignals(signal, acquired.signal);
    const notice = host.sleep(leaseNoticeMs, waiting.signal).then(
      () => reporter.report("conflict", { code: "IN_PROCESS", detail }),
      () => undefined,
    );
    try {
      return await this.#leases.acquire(botId, signal);
    } finally {
      acquired.abort();
      await notice;
    }
  }

  async #connect(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const token = await readToken(this.#settings);
    this.#stopping.signal.throwIfAborted();
    // Another call may have come first while the file was read.
    if (this.#connection === undefined) {
      const client = new TelegramClient({
        ...this.#settings,
        ...this.#timing,
        token,
        wantsReactions: this.#settings.reactionNotifications !== "off",
      });
      this.#connection = { client, outbound: this.#outboundTo(client) };
    }
    return this.#connection;
  }

  #outboundTo(client: TelegramClient): Outbound {
    const host = (): ChannelHost | undefined => this.#host;
    const clock = {
      now: () => host()?.now() ?? Date.now(),
      sleep: (delayMs: number, signal: AbortSignal) =>
        host()?.sleep(delayMs, signal) ?? setTimeout(delayMs, undefined, { signal }),
    };
    return new Outbound({
      client,
      settings: this.#settings,
      clock,
      log: () => host()?.log,
      onMove: (from, to) => void this.#recordMove(client, { from, to }),
    });
  }

  /** The gateway keeps it for good. What can not be stored now is learned again from the next refusal. */
  async #recordMove(client: TelegramClient, move: { readonly from: string; readonly to: string }): Promise<void> {
    const host = this.#host;
    if (host === undefined) return;
    const bot = { id: Number(client.botId) };
    const event = recordMove(move, { bot, receivedAt: host.now(), origin: "live" });
    await host.accept({ events: [event] }).catch((error: unknown) => {
      host.log.warn("the new id of a group can not be stored", { reason: reasonOf(error) });
    });
  }

  #disconnect(): void {
    this.#connection?.client[Symbol.dispose]();
    this.#connection = undefined;
  }

  async #showTyping(chatId: string, threadId: string | undefined, signal: AbortSignal): Promise<void> {
    try {
      const { client } = await this.#connect();
      using within = joinSignals(signal, this.#stopping.signal);
      await client.showTyping(chatId, messageNumber(threadId), within.signal);
    } catch {
      // Nobody misses an indicator.
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import {
  type AccessSettings,
  type Channel,
  type ChannelAccount,
  type ChannelCapabilities,
  ChannelError,
  type ChannelHost,
  type ChannelPlugin,
  type ChannelProbe,
  type ChannelStatus,
  type CommandMenu,
  type Environment,
  type InboundBatch,
  isTerminalState,
  type OutboundMessage,
  type SendOutcome,
} from "@openclaw/channels-contract";

import type { Clock, Logger } from "../ports.ts";

const RESTART_DELAYS_MS = [1_000, 5_000, 15_000, 60_000, 300_000];
/** What a channel without a running instance takes; its rows wait in the outbox all the same. */
const NOT_RUNNING: ChannelCapabilities = {
  maxTextLength: 4_000,
  idempotentSend: false,
  chatTypes: ["direct", "group", "channel"],
};
const TYPING_TIMEOUT_MS = 5_000;

export interface SupervisorDependencies {
  readonly plugins: readonly ChannelPlugin[];
  /** The validated sections of the configuration, by channel id; a channel without one is not started. */
  readonly sections: Readonly<Record<string, unknown>>;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accept: (
    source: { channel: string; account: string },
    batch: InboundBatch,
  ) => Promise<{ recorded: number; duplicates: number }>;
  readonly readCursor: (source: { channel: string; account: string }, key: string) => Promise<string | undefined>;
  readonly onStatusChange: () => void;
  /** The chat commands that channels put into their menus. */
  readonly menu?: () => CommandMenu;
}

/** One account as operators see it. */
export interface AccountView {
  readonly channel: string;
  readonly label: string;
  readonly accountId: string;
  readonly name?: string;
  readonly enabled: boolean;
  readonly configured: boolean;
  readonly problem?: string;
  readonly status: ChannelStatus;
}

interface ManagedAccount {
  readonly plugin: ChannelPlugin;
  readonly account: ChannelAccount;
  channel: Channel | undefined;
  status: ChannelStatus;
}

/** Starts the configured accounts, restarts those that break, and is the way to each of them. */
export class ChannelSupervisor implements AsyncDisposable {
  readonly #dependencies: SupervisorDependencies;
  readonly #accounts = new Map<string, ManagedAccount>();
  readonly #intake = new AbortController();
  readonly #running: Promise<void>[] = [];

  /** Throws ChannelError when a section describes accounts that can not exist side by side. */
  constructor(dependencies: SupervisorDependencies) {
    this.#dependencies = dependencies;
    const status: ChannelStatus = { state: "stopped", since: dependencies.clock.now() };
    for (const plugin of dependencies.plugins) {
      const section = dependencies.sections[plugin.id];
      if (section === undefined) continue;
      for (const account of plugin.accounts(section, dependencies.environment)) {
        this.#accounts.set(keyOf(plugin.id, account.accountId), { plugin, account, channel: undefined, status });
      }
    }
  }

  /** Values of every account that must not be printed. */
  get secrets(): string[] {
    return [...this.#accounts.values()].flatMap(({ account }) => account.secrets);
  }

  /** Begins to start every enabled account. Connecting goes on in the background; nothing is thrown. */
  start(): void {
    for (const managed of this.#accounts.values()) {
      if (managed.account.enabled && managed.account.configured) this.#running.push(this.#keepRunning(managed));
    }
  }

  /** Ends intake: no channel accepts anything new, while what is being sent may still finish. */
  stopIntake(): void {
    this.#intake.abort(new Error("The gateway is stopping."));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopIntake();
    await Promise.allSettled(this.#running);
    await Promise.allSettled(
      [...this.#accounts.values()].map(async (managed) => {
        await managed.channel?.[Symbol.asyncDispose]();
        managed.channel = undefined;
        this.#report(managed, { state: "stopped", since: this.#dependencies.clock.now() });
      }),
    );
  }

  /** Every known account, in the order of the configuration. */
  list(): AccountView[] {
    return [...this.#accounts.values()].map(({ plugin, account, status }) => ({
      channel: plugin.id,
      label: plugin.label,
      accountId: account.accountId,
      ...(account.name === undefined ? {} : { name: account.name }),
      enabled: account.enabled,
      configured: account.configured,
      ...(account.problem === undefined ? {} : { problem: account.problem }),
      status,
    }));
  }

  /** True for a channel this gateway has a plugin for, configured or not. */
  knows(channel: string): boolean {
    return this.#dependencies.plugins.some((plugin) => plugin.id === channel);
  }

  /** What people call a channel, for example "Telegram". */
  label(channel: string): string {
    return this.#dependencies.plugins.find((plugin) => plugin.id === channel)?.label ?? channel;
  }

  /** The accounts of a channel that may be written to. */
  accountIds(channel: string): string[] {
    return this.list()
      .filter((view) => view.channel === channel && view.enabled && view.configured)
      .map((view) => view.accountId);
  }

  access(channel: string, account: string): AccessSettings | undefined {
    return this.#accounts.get(keyOf(channel, account))?.account.access;
  }

  /** What an account takes; text alone while it is not running. */
  capabilities(channel: string, account: string): ChannelCapabilities {
    return this.channel(channel, account)?.capabilities ?? NOT_RUNNING;
  }

  /** The accounts that are started. */
  running(): { readonly channel: string; readonly account: string }[] {
    return [...this.#accounts.values()]
      .filter(({ channel }) => channel !== undefined)
      .map(({ plugin, account }) => ({ channel: plugin.id, account: account.accountId }));
  }

  /** The instance that reads and writes for an account; undefined while it is not started. */
  channel(channel: string, account: string): Channel | undefined {
    return this.#accounts.get(keyOf(channel, account))?.channel;
  }

  async send(channel: string, account: string, message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome> {
    const managed = this.#accounts.get(keyOf(channel, account));
    if (!managed) {
      return {
        outcome: "permanent",
        code: "NO_CHANNEL",
        reason: `the account ${channel}/${account} is not configured`,
      };
    }
    if (!managed.channel) return { outcome: "retry", reason: `the account ${channel}/${account} is not running` };
    const outcome = await managed.channel.send(message, signal);
    if (outcome.outcome === "sent")
      managed.status = { ...managed.status, lastOutboundAt: this.#dependencies.clock.now() };
    return outcome;
  }

  /** Shows "is writing" until the returned handle is disposed. Failures concern nobody. */
  typing(channel: string, account: string, to: { chatId: string; threadId?: string }): Disposable {
    const typing = this.channel(channel, account)?.typing;
    if (!typing) return { [Symbol.dispose]: () => {} };
    const stop = new AbortController();
    const show = () =>
      void typing.show(to, AbortSignal.any([stop.signal, AbortSignal.timeout(TYPING_TIMEOUT_MS)])).catch(() => {});
    show();
    const repeat = this.#dependencies.clock.setInterval(show, typing.lastsMs);
    return {
      [Symbol.dispose]: () => {
        repeat.cancel();
        stop.abort();
      },
    };
  }

  async probe(channel: string, account: string, signal: AbortSignal): Promise<ChannelProbe | undefined> {
    return this.channel(channel, account)?.probe?.(signal);
  }

  /** Creates and starts an account, again after a growing pause when that fails, until it runs or intake ends. */
  async #keepRunning(managed: ManagedAccount): Promise<void> {
    const { clock } = this.#dependencies;
    const signal = this.#intake.signal;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        this.#report(managed, { state: "connecting", since: clock.now() });
        const channel = await managed.plugin.create(managed.account);
        managed.channel = channel;
        // What waits for it can be read from here on.
        this.#dependencies.onStatusChange();
        await channel.start(this.#hostOf(managed), signal);
        return;
      } catch (error) {
        await this.#discard(managed);
        if (signal.aborted) return;
        const delay = RESTART_DELAYS_MS[Math.min(attempt, RESTART_DELAYS_MS.length - 1)] ?? 0;
        const isFinal = error instanceof ChannelError && !error.retryable;
        this.#report(managed, describeFailure(error, clock.now(), isFinal ? undefined : delay));
        this.#logOf(managed).error("the channel did not start", { error, ...(isFinal ? {} : { retryInMs: delay }) });
        if (isFinal) return;
        await clock.sleep(delay, signal).catch(() => {});
      }
    }
  }

  async #discard(managed: ManagedAccount): Promise<void> {
    const { channel } = managed;
    managed.channel = undefined;
    try {
      await channel?.[Symbol.asyncDispose]();
    } catch (error) {
      this.#logOf(managed).debug("the broken channel did not close cleanly", { error });
    }
  }

  #hostOf(managed: ManagedAccount): ChannelHost {
    const { clock, accept, readCursor, menu } = this.#dependencies;
    const source = { channel: managed.plugin.id, account: managed.account.accountId };
    return {
      accountId: managed.account.accountId,
      log: this.#logOf(managed),
      ...(menu === undefined ? {} : { menu: menu() }),
      now: () => clock.now(),
      sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
      accept: async (batch) => {
        const result = await accept(source, batch);
        if (result.recorded > 0) managed.status = { ...managed.status, lastInboundAt: clock.now() };
        return result;
      },
      readCursor: (key) => readCursor(source, key),
      report: (status) => this.#report(managed, status),
    };
  }

  #report(managed: ManagedAccount, status: ChannelStatus): void {
    const { lastInboundAt, lastOutboundAt, identity, state } = managed.status;
    managed.status = {
      ...(identity === undefined ? {} : { identity }),
      ...(lastInboundAt === undefined ? {} : { lastInboundAt }),
      ...(lastOutboundAt === undefined ? {} : { lastOutboundAt }),
      ...status,
    };
    if (status.state !== state) {
      const level = isTerminalState(status.state) || status.state === "conflict" ? "warn" : "info";
      this.#logOf(managed)[level](
        `channel ${status.state}`,
        status.detail === undefined ? {} : { detail: status.detail },
      );
    }
    this.#dependencies.onStatusChange();
  }

  #logOf(managed: ManagedAccount): Logger {
    return this.#dependencies.log.child(`${managed.plugin.id}/${managed.account.accountId}`);
  }
}

function describeFailure(error: unknown, now: number, retryInMs: number | undefined): ChannelStatus {
  const detail =
    error instanceof ChannelError ? error.message : "The channel failed on an internal error; see openclaw logs.";
  if (retryInMs === undefined) {
    const isRefused = error instanceof ChannelError && error.code === "UNAUTHORIZED";
    return { state: isRefused ? "unauthorized" : "failed", since: now, detail };
  }
  return { state: "backoff", since: now, retryAt: now + retryInMs, detail };
}

function keyOf(channel: string, account: string): string {
  return `${channel}/${account}`;
}

import type { EventLoopHealth, HealthProblem, HealthSnapshot, HeartbeatSettings } from "@openclaw/protocol";

import type { Clock, Logger, Timer } from "../ports.ts";
import { type AccountHealth, channelsPart } from "./channels-part.ts";

const REFRESH_MS = 60_000;
/** A reader never gets a snapshot older than this. */
const MAX_AGE_MS = 2_000;
/** Changes that come together are looked at together. */
const SETTLE_MS = 100;

/** The sessions of one agent. */
export interface AgentSessions {
  readonly agentId: string;
  readonly isDefault: boolean;
  readonly count: number;
  /** Newest first, at most five. */
  readonly recent: readonly { readonly key: string; readonly updatedAt: number }[];
}

/** Where a snapshot gets its parts from. */
export interface HealthSources {
  /** Every account of every channel, in the order of the configuration; with a probe, each is asked first. */
  accounts(probe: AbortSignal | undefined): readonly AccountHealth[] | Promise<readonly AccountHealth[]>;
  sessions(): Promise<readonly AgentSessions[]>;
  /** How an agent is woken without a message. */
  heartbeat(agentId: string): HeartbeatSettings;
  readonly databaseFile: string;
  config(): NonNullable<HealthSnapshot["configReload"]>;
  /** What else is wrong: configuration, storage, or anything a host knows of. */
  problems(): readonly HealthProblem[];
}

export interface HealthDependencies {
  readonly version: string;
  readonly sources: HealthSources;
  readonly clock: Clock;
  readonly log: Logger;
  readonly eventLoop: { sample(timestamp: number): EventLoopHealth };
  /** Called with every snapshot that differs from the one before, and once a minute. */
  readonly publish: (snapshot: HealthSnapshot) => void;
}

/**
 * What works and what does not. The snapshot is computed when something changes and once a minute, encoded once, and
 * handed out to whoever asks. Source: R6.1, R5.4, wire facts 11.6 and 12.1.
 */
export class HealthMonitor implements Disposable {
  readonly #dependencies: HealthDependencies;
  readonly #startedAt: number;
  #current: HealthSnapshot;
  /** The current snapshot without the parts that are different every time. */
  #matter = "";
  #text: string | undefined;
  #version = 1;
  #computing: Promise<HealthSnapshot> | undefined;
  #timer: Timer | undefined;
  #settling: Timer | undefined;

  constructor(dependencies: HealthDependencies) {
    this.#dependencies = dependencies;
    this.#startedAt = dependencies.clock.now();
    this.#current = this.#compose(this.#startedAt, [], []);
  }

  /** Grows with every snapshot that is published. */
  get version(): number {
    return this.#version;
  }

  /** The newest snapshot there is, however old. */
  get current(): HealthSnapshot {
    return this.#current;
  }

  /** The parts that do not work; none when nothing is wrong and the main channel, where there is one, is linked. */
  get failing(): string[] {
    const { problems = [], linkChannel } = this.#current;
    const broken = problems.map(({ component }) => component);
    const unlinked = linkChannel && !linkChannel.linked ? [linkChannel.id] : [];
    return [...new Set([...broken, ...unlinked])];
  }

  /** Computes the first snapshot and keeps it fresh from then on. */
  async start(): Promise<void> {
    this.#timer = this.#dependencies.clock.setInterval(() => void this.#refresh(true), REFRESH_MS);
    await this.#refresh(true);
  }

  /** A snapshot of this moment, give or take two seconds. */
  read(): HealthSnapshot | Promise<HealthSnapshot> {
    return this.#dependencies.clock.now() - this.#current.ts <= MAX_AGE_MS ? this.#current : this.#refresh(false);
  }

  /** A snapshot for which every channel was asked whether it works. */
  async probe(signal: AbortSignal): Promise<HealthSnapshot> {
    return this.#take(await this.#compute(signal), false);
  }

  /** Something that health shows has changed. */
  changed(): void {
    this.#settling ??= this.#dependencies.clock.setTimeout(() => {
      this.#settling = undefined;
      void this.#refresh(false);
    }, SETTLE_MS);
  }

  /** The text of the current snapshot; undefined for anything else. */
  encodedPayload(payload: unknown): string | undefined {
    return payload === this.#current ? (this.#text ??= JSON.stringify(this.#current)) : undefined;
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#settling?.cancel();
  }

  #refresh(alwaysPublish: boolean): Promise<HealthSnapshot> {
    this.#computing ??= this.#compute(undefined)
      .then((snapshot) => this.#take(snapshot, alwaysPublish))
      .catch((error: unknown) => {
        this.#dependencies.log.error("the health snapshot could not be computed", { error });
        return this.#current;
      })
      .finally(() => {
        this.#computing = undefined;
      });
    return this.#computing;
  }

  #take(snapshot: HealthSnapshot, alwaysPublish: boolean): HealthSnapshot {
    const matter = JSON.stringify(snapshot, (key, value: unknown) => (FLEETING.has(key) ? undefined : value));
    const isNew = matter !== this.#matter;
    this.#current = snapshot;
    this.#matter = matter;
    this.#text = undefined;
    if (!isNew && !alwaysPublish) return snapshot;
    this.#version += 1;
    this.#dependencies.publish(snapshot);
    return snapshot;
  }

  /** What can not be found out is a problem in the snapshot. */
  async #compute(probe: AbortSignal | undefined): Promise<HealthSnapshot> {
    const { sources, clock, log } = this.#dependencies;
    const startedAt = clock.now();
    const problems: HealthProblem[] = [];
    const attempt = async <T>(
      component: string,
      read: () => T | Promise<T>,
      otherwise: Awaited<T>,
    ): Promise<Awaited<T>> => {
      try {
        return await read();
      } catch (error) {
        log.warn("a part of the health snapshot could not be read", { component, error });
        problems.push({
          component,
          message: `The state of ${component} could not be read; the log says why (openclaw logs).`,
        });
        return otherwise;
      }
    };
    const accounts = await attempt("channels", () => sources.accounts(probe), []);
    const agents = await attempt("storage", () => sources.sessions(), []);
    return this.#compose(startedAt, accounts, agents, problems);
  }

  #compose(
    startedAt: number,
    accounts: readonly AccountHealth[],
    agents: readonly AgentSessions[],
    found: readonly HealthProblem[] = [],
  ): HealthSnapshot {
    const { sources, clock, version, eventLoop } = this.#dependencies;
    const now = clock.now();
    const channels = channelsPart(accounts);
    const problems = [...found, ...sources.problems(), ...channels.problems];
    const path = sources.databaseFile;
    const defaultId = agents.find((agent) => agent.isDefault)?.agentId ?? "main";
    const withAge = ({ key, updatedAt }: AgentSessions["recent"][number]) => ({
      key,
      updatedAt,
      age: Math.max(0, now - updatedAt),
    });
    const recent = agents.flatMap((agent) => agent.recent).sort((a, b) => b.updatedAt - a.updatedAt);
    return {
      ok: problems.length === 0,
      ts: now,
      durationMs: Math.max(0, now - startedAt),
      version,
      uptimeMs: Math.max(0, now - this.#startedAt),
      channels: channels.channels,
      channelOrder: channels.order,
      channelLabels: channels.labels,
      ...(channels.link ? { linkChannel: channels.link } : {}),
      heartbeatSeconds: Math.round((sources.heartbeat(defaultId).everyMs ?? 0) / 1_000),
      defaultAgentId: defaultId,
      agents: agents.map(({ agentId, isDefault, count, recent: own }) => ({
        agentId,
        isDefault,
        heartbeat: sources.heartbeat(agentId),
        sessions: { path, count, recent: own.map(withAge) },
      })),
      sessions: {
        path,
        count: agents.reduce((sum, { count }) => sum + count, 0),
        recent: recent.slice(0, 5).map(withAge),
      },
      configReload: sources.config(),
      eventLoop: eventLoop.sample(now),
      problems,
    };
  }
}

/** Members that differ between two snapshots of an unchanged gateway. */
const FLEETING: ReadonlySet<string> = new Set([
  "ts",
  "durationMs",
  "uptimeMs",
  "age",
  "authAgeMs",
  "eventLoop",
  "lastInboundAt",
  "lastOutboundAt",
]);

import type { ChannelPlugin } from "@openclaw/channels-contract";
import type { MethodName, ParamsOf, ResultOf } from "@openclaw/protocol";

import { defaultAgentId } from "./config/agent-selection.ts";
import { type ConfigRuntime, fixedConfig } from "./config/runtime.ts";
import type { GatewayConfig, GatewayConfigInput } from "./config/schema.ts";
import {
  CONTROL_PLANE_LIMITS,
  type ControlPlane,
  type ControlPlaneLimits,
  createControlPlane,
  type ShutdownNotice,
} from "./control-plane.ts";
import { Disposer } from "./host/disposer.ts";
import { type ListenOptions, networkSettings } from "./config/listen.ts";
import { type NextConfig, SecretInForce } from "./config/secret-in-force.ts";
import type { EventBus } from "./events/bus.ts";
import { LogFile } from "./logging/log-file.ts";
import type { Caller } from "./methods/define.ts";
import { handlers } from "./methods/table.gen.ts";
import type { HttpRoute } from "./net/http-route.ts";
import type { Listening } from "./net/server.ts";
import type { Agent, Clock, Ids, Logger, Store, Tool, ToolSource } from "./ports.ts";
import { type ExtraMethod, RequestFlow } from "./request-flow.ts";
import { keepWithinRetention } from "./store/retention.ts";
import { buildRooms, type Rooms } from "./rooms.ts";
import { mainSessionKey } from "./sessions/session-key.ts";
import { DeferredStore } from "./store/deferred-store.ts";
import { SqliteStore } from "./store/sqlite.ts";
import { systemClock, systemIds } from "./host/system.ts";
import { isModelConfigured, unconfiguredAgent } from "./host/unconfigured-agent.ts";

const DRAIN_MS = 10_000;
const DEFAULT_SUBAGENT_MINUTES = 60;

export interface GatewayOptions {
  /** A loaded configuration, or the configuration itself. */
  readonly config?: ConfigRuntime | GatewayConfigInput;
  /** Where state is kept, when the configuration is given as an object. */
  readonly stateDir?: string;
  readonly listen?: ListenOptions;
  readonly limits?: Partial<ControlPlaneLimits>;
  /** The mind that answers. Without one, turns fail with a word about it. */
  readonly agent?: Agent;
  readonly channels?: readonly ChannelPlugin[];
  /** What the model may call; as a function it is asked at every turn. */
  readonly tools?: readonly Tool[] | (() => readonly Tool[]);
  /** Where more tools come from; started and stopped with the gateway. */
  readonly toolSources?: readonly ToolSource[];
  readonly methods?: readonly ExtraMethod[];
  readonly routes?: readonly HttpRoute[];
  readonly log?: Logger;
  /** What logs.tail reads. */
  readonly logFile?: LogFile;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** In place of the SQLite database in the state directory. */
  readonly store?: () => Store;
  /** Shown to clients. */
  readonly version?: string;
}

/** A gateway in this process. */
export interface Gateway extends AsyncDisposable {
  /**
   * Takes the port, opens the database, takes up what a dead process left, and starts the channels. Throws
   * FatalError, with the remedy, when it can not run (R1.2); it is then stopped again.
   */
  start(): Promise<void>;
  /** Ends it: tells the clients, lets running turns end within the deadline, closes everything (R1.3). Idempotent. */
  stop(options?: { readonly drainMs?: number; readonly notice?: ShutdownNotice }): Promise<void>;
  /** The WebSocket address. Throws before `start`. */
  readonly url: string;
  readonly port: number;
  /** SHA-256 of the certificate, for clients to pin; undefined without TLS. Throws before `start`. */
  readonly tlsFingerprint: string | undefined;
  /** The token or password clients present now; made up for this run when none is configured. */
  readonly secret: string;
  /** Typed events, as clients get them. */
  readonly events: EventBus;
  /** Calls a method as an operator with every right. Throws GatewayError. */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, signal?: AbortSignal): Promise<ResultOf<M>>;
}

const SILENT: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => SILENT };

/** Makes a gateway. Nothing is opened or started yet, and nothing is global: any number of them live in one process. */
export async function createGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const config = resolveConfig(options);
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? systemIds;
  const log = options.log ?? SILENT;
  const version = options.version ?? "0.0.0";
  const auth = new SecretInForce(config, options.listen ?? {}, ids);
  const store = new DeferredStore(options.store ?? (() => SqliteStore.open(config.paths.databaseFile)));
  const rooms = buildRooms({
    version,
    config,
    store,
    agent: options.agent ?? unconfiguredAgent,
    plugins: options.channels ?? [],
    tools: () => toolsOf(options),
    clock,
    ids,
    log,
    logFile: options.logFile ?? new LogFile(),
    takeUpConfig: (next) => gateway.takeUp(next),
    callForTurn: (method, params, signal = new AbortController().signal) =>
      requests.call(method, params, insider("turn", version, scopesOfTurn(method)), signal),
    startForTurn: (method, params) =>
      requests.start(method, params, insider("turn", version, scopesOfTurn(method)), new AbortController().signal),
  });
  const requests: RequestFlow = new RequestFlow({ services: rooms, handlers, extraMethods: options.methods ?? [] });
  const gateway: RunningGateway = new RunningGateway({
    rooms,
    requests,
    store,
    auth,
    version,
    toolSources: options.toolSources ?? [],
  });
  const plane = await createControlPlane({
    settings: {
      ...networkSettings(config, options.listen ?? {}),
      limits: { ...CONTROL_PLANE_LIMITS, ...options.limits },
    },
    sharedSecret: () => auth.current,
    server: { version, host: rooms.presence.list()[0]?.host ?? "gateway", bootId: ids.uuid() },
    devices: rooms.devices,
    requests,
    presence: rooms.presence,
    nodes: rooms.nodes,
    approvers: rooms.approvers,
    health: rooms.health,
    snapshot: () => helloSnapshot(config, rooms),
    bus: rooms.events,
    clock,
    ids,
    log: log.child("gateway"),
    isReady: () => gateway.isReady,
    httpRoutes: options.routes ?? [],
  });
  gateway.attach(plane);
  return gateway;
}

interface GatewayParts {
  readonly rooms: Rooms;
  readonly requests: RequestFlow;
  readonly store: DeferredStore;
  readonly toolSources: readonly ToolSource[];
  readonly auth: SecretInForce;
  readonly version: string;
}

class RunningGateway implements Gateway {
  readonly #parts: GatewayParts;
  readonly #started = new Disposer();
  #plane: ControlPlane | undefined;
  #listening: Listening | undefined;
  #stopping: Promise<void> | undefined;
  isReady = false;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  /** For a configuration that is about to be written. Throws FatalError when it can not be taken up. */
  takeUp(next: NextConfig): (() => void) | undefined {
    const putInForce = this.#parts.auth.prepare(next);
    if (!putInForce) return undefined;
    return () => {
      putInForce();
      this.#parts.rooms.log.warn("the gateway's credential was changed; connections that used the old one are closed");
      // Whoever changed it gets the answer first.
      setImmediate(() => this.#plane?.secretChanged());
    };
  }

  attach(plane: ControlPlane): void {
    this.#plane = plane;
  }

  get events(): EventBus {
    return this.#parts.rooms.events;
  }

  get secret(): string {
    return this.#parts.auth.current.secret;
  }

  get url(): string {
    return this.#address().url;
  }

  get tlsFingerprint(): string | undefined {
    return this.#address().fingerprint;
  }

  get port(): number {
    return this.#address().port;
  }

  call<M extends MethodName>(
    method: M,
    params: ParamsOf<M>,
    signal = new AbortController().signal,
  ): Promise<ResultOf<M>> {
    return this.#parts.requests.call(method, params, insider("host", this.#parts.version, ["operator.admin"]), signal);
  }

  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.stop({ drainMs: 0 });
      throw error;
    }
  }

  /** The port first: it is the lock of this address, and from here on someone answers on it. */
  async #start(): Promise<void> {
    const { rooms, store, toolSources } = this.#parts;
    const {
      clock,
      log,
      outbox,
      channels,
      messages,
      turns,
      inbox,
      idempotency,
      turnQueue,
      overheard,
      health,
      presence,
      media,
      devices,
      nodes,
      execApprovals,
      scheduled,
      sessions,
      config,
    } = rooms;
    this.#listening = await this.#plane?.listen();
    this.#started.use(presence);
    this.#started.use(store);
    store.open();
    this.#started.use(nodes);
    this.#started.use(execApprovals);
    await execApprovals.start();
    for (const source of toolSources) {
      this.#started.use(source);
      source.start();
    }
    this.#started.use(channels);
    this.#started.use(outbox);
    this.#started.use(rooms.drafts);
    this.#started.use(rooms.sessionWatch);
    this.#started.use(turns.lanes);
    this.#started.use(messages);
    this.#started.defer(() => channels.stopIntake());
    await media.sweep();
    await outbox.start();
    channels.start();
    await messages.start();
    this.#started.use(scheduled);
    await scheduled.start();
    this.#started.use(health);
    await health.start();
    const prunes = [
      ...[inbox, turnQueue, overheard, outbox, idempotency, media, devices, nodes, execApprovals, scheduled].map(
        (room) => () => room.prune(),
      ),
      () => sessions.pruneSubagents(subagentLifetimeMs(config.current)),
    ];
    this.#started.use(keepWithinRetention(prunes, clock, log));
    this.isReady = true;
    const { url, fingerprint } = this.#address();
    log.info("listening", { url, ...(fingerprint === undefined ? {} : { tlsFingerprint: fingerprint }) });
  }

  stop(options: { readonly drainMs?: number; readonly notice?: ShutdownNotice } = {}): Promise<void> {
    this.#stopping ??= this.#stop(options.drainMs ?? DRAIN_MS, options.notice ?? { reason: "gateway stopping" });
    return this.#stopping;
  }

  async #stop(drainMs: number, notice: ShutdownNotice): Promise<void> {
    const { clock, log, channels, outbox, scheduled, turns } = this.#parts.rooms;
    const deadline = clock.now() + drainMs;
    this.#plane?.announceShutdown(notice);
    channels.stopIntake();
    scheduled.stopIntake();
    // Clients stay connected while turns end, so that they see how.
    await turns.lanes.drain(drainMs);
    await outbox.drain(deadline - clock.now());
    await this.#plane?.close(notice);
    this.isReady = false;
    await this.#started[Symbol.asyncDispose]();
    log.info("stopped", { reason: notice.reason });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #address(): Listening {
    if (this.#listening) return this.#listening;
    throw new Error("The gateway has no address before start().");
  }
}

/** What a turn may do on its own: look, and send. */
const TURN_SCOPES = ["operator.read", "operator.write"];
/** And arrange that it is run again: a job does nothing that a turn could not do now. */
const TURN_ADMIN_METHODS: ReadonlySet<string> = new Set(["cron.add", "cron.update", "cron.remove", "cron.run"]);

function scopesOfTurn(method: string): readonly string[] {
  if (TURN_ADMIN_METHODS.has(method)) return [...TURN_SCOPES, "operator.admin"];
  // A turn may ask operators for their approval; it may neither give one nor see those of others.
  return method === "exec.approval.request" ? [...TURN_SCOPES, "operator.approvals"] : TURN_SCOPES;
}

/** A caller inside the process. */
function insider(name: string, version: string, scopes: readonly string[]): Caller {
  return {
    connectionId: `inside:${name}`,
    role: "operator",
    scopes,
    dialect: 4,
    client: { id: `inside-${name}`, mode: "backend", version, platform: process.platform },
    caps: [],
    remoteAddress: "127.0.0.1",
  };
}

/** How long the session of a sub-agent stays after its last change; for ever when it is not to be deleted. */
function subagentLifetimeMs({ agents }: GatewayConfig): number {
  const minutes = agents.defaults.subagents?.archiveAfterMinutes ?? DEFAULT_SUBAGENT_MINUTES;
  return minutes === 0 ? Infinity : minutes * 60_000;
}

/** Of two tools with one name the first is taken: what a host gives comes before what others bring. */
function toolsOf({ tools = [], toolSources = [] }: GatewayOptions): readonly Tool[] {
  const byName = new Map<string, Tool>();
  const own = typeof tools === "function" ? tools() : tools;
  for (const tool of [...own, ...toolSources.flatMap((source) => source.tools())]) {
    if (!byName.has(tool.name)) byName.set(tool.name, tool);
  }
  return [...byName.values()];
}

function resolveConfig({ config = {}, stateDir, channels = [] }: GatewayOptions): ConfigRuntime {
  if ("current" in config) return config;
  const channelSchemas = Object.fromEntries(channels.map((plugin) => [plugin.id, plugin.configSchema]));
  return fixedConfig(config, { channelSchemas, ...(stateDir === undefined ? {} : { stateDir }) });
}

function helloSnapshot({ current, source, paths }: ConfigRuntime, { agent, configEditor }: Rooms) {
  const defaultId = defaultAgentId(current);
  const { appliedHash } = configEditor;
  return {
    ...(appliedHash === undefined ? {} : { appliedConfigHash: appliedHash }),
    configPath: source.path,
    stateDir: paths.stateDir,
    sessionDefaults: {
      defaultAgentId: defaultId,
      mainKey: current.session.mainKey,
      mainSessionKey: mainSessionKey(defaultId, current.session),
      scope: current.session.scope,
      modelConfigured: isModelConfigured(agent.defaultModel(defaultId)),
      ownership: "sole",
      selectionRequired: false,
    },
  };
}

function ignore(): void {}

import { randomBytes, randomUUID } from "node:crypto";

import type { EventLoopHealth, HealthProblem, MethodName } from "@openclaw/protocol";
import { ManualClock } from "@openclaw/testkit/clock";
import type { ClientOptions } from "ws";

import type { SharedSecret } from "../../src/connection/auth.ts";
import {
  CONTROL_PLANE_LIMITS,
  type ControlPlane,
  type ControlPlaneLimits,
  type ControlPlaneSettings,
  createControlPlane,
} from "../../src/control-plane.ts";
import type { Devices } from "../../src/devices/devices.ts";
import { EventBus } from "../../src/events/bus.ts";
import type { AccountHealth } from "../../src/health/channels-part.ts";
import { HealthMonitor } from "../../src/health/health.ts";
import type { Handler, Services } from "../../src/methods/define.ts";
import { health as healthHandler } from "../../src/methods/health.ts";
import type { ScheduledFlow } from "../../src/flow/scheduled-flow.ts";
import { systemEvent } from "../../src/methods/system-event.ts";
import { systemPresence } from "../../src/methods/system-presence.ts";
import { Nodes } from "../../src/nodes/nodes.ts";
import type { HttpRoute } from "../../src/net/http-route.ts";
import type { Listening } from "../../src/net/server.ts";
import type { Clock, Ids } from "../../src/ports.ts";
import { Presence } from "../../src/presence/presence.ts";
import { type ExtraMethod, RequestFlow } from "../../src/request-flow.ts";
import { systemClock } from "../../src/host/system.ts";
import { lazyDevices } from "./lazy-devices.ts";
import { type AnyFrame, RawClient } from "./raw-client.ts";
import { recordingLog } from "./silent-log.ts";

export const TOKEN = "right-token-1";

export interface PlaneOptions {
  readonly limits?: Partial<ControlPlaneLimits>;
  readonly settings?: Partial<ControlPlaneSettings>;
  readonly auth?: SharedSecret;
  readonly handlers?: { readonly [M in MethodName]?: Handler<M> };
  readonly extraMethods?: readonly ExtraMethod[];
  readonly httpRoutes?: readonly HttpRoute[];
  readonly isReady?: () => boolean;
  readonly clock?: Clock;
  readonly problems?: HealthProblem[];
  readonly accounts?: AccountHealth[];
}

const CALM: EventLoopHealth = {
  degraded: false,
  reasons: [],
  intervalMs: 0,
  delayP99Ms: 0,
  delayMaxMs: 0,
  utilization: 0,
};
const ids: Ids = { uuid: () => randomUUID(), secret: (bytes) => randomBytes(bytes).toString("base64url") };

/** A control plane on a free port, with real presence and health and few methods behind it. */
export async function openPlane(options: PlaneOptions = {}) {
  const clock = options.clock ?? systemClock;
  const log = recordingLog();
  const bus = new EventBus((error) => {
    throw error;
  });
  const notes: string[] = [];
  const presence = new Presence({
    clock,
    self: { host: "test-host", version: "1.2.3", instanceId: "gateway-1" },
    publish: (entries) => bus.publish("presence", { presence: entries }),
  });
  const health = new HealthMonitor({
    version: "1.2.3",
    clock,
    log,
    eventLoop: { sample: () => CALM },
    publish: (snapshot) => bus.publish("health", snapshot),
    sources: {
      accounts: () => options.accounts ?? [],
      sessions: () => Promise.resolve([{ agentId: "main", isDefault: true, count: 0, recent: [] }]),
      heartbeat: () => ({ enabled: false, every: "disabled", everyMs: null }),
      databaseFile: "/state/openclaw.sqlite",
      config: () => ({ hotReloadStatus: "off" }),
      problems: () => options.problems ?? [],
    },
  });
  const { devices, store } = lazyDevices({ clock, ids, log, bus });
  const nodes = new Nodes({
    store,
    clock,
    ids,
    log,
    publish: (event, payload, audience) => bus.publish(event, payload, audience),
    commands: () => ({ allow: [], deny: [] }),
  });
  // The handlers under test use these rooms alone.
  const scheduled = {
    noteEvent: async (text: string) => void notes.push(text),
  } as Partial<ScheduledFlow> as ScheduledFlow;
  const services = {
    clock,
    log,
    ids,
    events: bus,
    presence,
    health,
    scheduled,
    devices,
    nodes,
  } as Partial<Services> as Services;
  const requests = new RequestFlow({
    services,
    handlers: {
      health: healthHandler,
      "system-presence": systemPresence,
      "system-event": systemEvent,
      ...options.handlers,
    },
    extraMethods: options.extraMethods ?? [],
  });
  await health.start();
  const auth = options.auth ?? { mode: "token", secret: TOKEN };
  const plane = await createControlPlane({
    settings: {
      host: "127.0.0.1",
      port: 0,
      allowedOrigins: [],
      trustedProxies: [],
      ...options.settings,
      limits: { ...CONTROL_PLANE_LIMITS, ...options.limits },
    },
    sharedSecret: () => auth,
    server: { version: "1.2.3", host: "test-host", bootId: "11111111-1111-4111-8111-111111111111" },
    devices,
    requests,
    presence,
    health,
    snapshot: () => ({
      appliedConfigHash: "hash-of-the-configuration",
      configPath: "/home/me/.openclaw/openclaw.json",
      stateDir: "/home/me/.openclaw",
      sessionDefaults: {
        defaultAgentId: "main",
        mainKey: "main",
        mainSessionKey: "agent:main:main",
        scope: "per-sender",
      },
    }),
    bus,
    clock,
    ids,
    log,
    ...(options.isReady ? { isReady: options.isReady } : {}),
    httpRoutes: options.httpRoutes ?? [],
  });
  const listening = await plane.listen().catch(async (error: unknown) => {
    // What was never opened can be closed all the same.
    await plane[Symbol.asyncDispose]();
    throw error;
  });
  return new OpenPlane(plane, listening, {
    bus,
    presence,
    health,
    notes,
    log,
    clock,
    requests,
    devices,
    store,
  });
}

interface PlaneParts {
  readonly bus: EventBus;
  readonly presence: Presence;
  readonly health: HealthMonitor;
  /** What was noted for the main session. */
  readonly notes: readonly string[];
  readonly log: ReturnType<typeof recordingLog>;
  readonly clock: Clock;
  readonly requests: RequestFlow;
  readonly devices: Devices;
  readonly store: AsyncDisposable;
}

export class OpenPlane implements AsyncDisposable {
  readonly plane: ControlPlane;
  readonly url: string;
  readonly port: number;
  readonly parts: PlaneParts;
  readonly #clients: RawClient[] = [];

  constructor(plane: ControlPlane, { url, port }: Listening, parts: PlaneParts) {
    this.plane = plane;
    this.url = url;
    this.port = port;
    this.parts = parts;
  }

  get http(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get bus(): EventBus {
    return this.parts.bus;
  }

  /** A socket that has been opened and not let in. */
  async open(options: ClientOptions = {}, path = "/"): Promise<RawClient> {
    const client = await RawClient.open(`${this.url}${path}`, options);
    this.#clients.push(client);
    return client;
  }

  /** A client that was let in. */
  async connect(params: Readonly<Record<string, unknown>> = {}): Promise<RawClient & { readonly hello: AnyFrame }> {
    const client = await this.open();
    const hello = await client.request("connect", connectParams(params));
    if (hello.ok !== true) throw new Error(`not let in: ${JSON.stringify(hello.error)}`);
    return Object.assign(client, { hello });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.socket.terminate();
    // Time that stands still would hold the stop up for clients that are gone anyway.
    const stopped = this.plane[Symbol.asyncDispose]();
    if (this.parts.clock instanceof ManualClock) await this.parts.clock.advance(60_000);
    await stopped;
    this.parts.health[Symbol.dispose]();
    this.parts.presence[Symbol.dispose]();
    await this.parts.store[Symbol.asyncDispose]();
  }
}

export const CLI = { id: "cli", version: "1.0.0", platform: "linux", mode: "cli" };

/** What a command-line client of protocol 4 with every right sends. */
export function connectParams(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    minProtocol: 4,
    maxProtocol: 4,
    client: CLI,
    role: "operator",
    scopes: ["operator.admin"],
    auth: { token: TOKEN },
    ...changes,
  };
}

/** The same for protocol 3. */
export function connectParams3(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return connectParams({ minProtocol: 3, maxProtocol: 3, ...changes });
}

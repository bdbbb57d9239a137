/**
 * The network side of a gateway as one thing: the port, the sockets on it, who they belong to, and the events they
 * get. What is asked for is answered elsewhere (request-flow.ts).
 */
import { EVENTS, type EventName, type HelloOk, type ResumeOffer, type StateVersion } from "@openclaw/protocol";

import { Authenticator, type SharedSecret } from "./connection/auth.ts";
import type { Caller, Peer } from "./connection/caller.ts";
import {
  type Admission as ConnectionAdmission,
  type AdmissionProof,
  Connection,
  CONNECTION_LIMITS,
  type ConnectionDependencies,
  type ConnectionLimits,
} from "./connection/connection.ts";
import type { BrowserAppProof } from "./connection/device/browser-app.ts";
import { DeviceKeys } from "./connection/device/device-proof.ts";
import { toDialectPayload, toHelloOk } from "./connection/dialect.ts";
import { shakeHands } from "./connection/handshake.ts";
import { LiveConnections, POPULATION_LIMITS, type PopulationLimits } from "./connection/live-connections.ts";
import { WriteBatch } from "./connection/wire/write-batch.ts";
import type { Devices } from "./devices/devices.ts";
import type { EventBus } from "./events/bus.ts";
import { DeliveryLog } from "./events/delivery-log.ts";
import { FanOut } from "./events/fan-out.ts";
import { STREAM_LIMITS, type StreamLimits } from "./events/streams.ts";
import type { Approvers } from "./exec-approvals/approvers.ts";
import type { HealthMonitor } from "./health/health.ts";
import type { HttpContext, HttpRoute } from "./net/http-route.ts";
import { HttpServer, type Listening, type OpenedSocket } from "./net/server.ts";
import { NET_LIMITS, type NetLimits, type NetSettings } from "./net/settings.ts";
import type { Nodes } from "./nodes/nodes.ts";
import type { Clock, Ids, Logger, Timer } from "./ports.ts";
import type { Presence } from "./presence/presence.ts";
import type { RequestFlow } from "./request-flow.ts";

const SERVICE_RESTART = 1012;
const RESUMED_ELSEWHERE = 4002;
const POLICY_VIOLATION = 1008;
/** Ways in that do not depend on the gateway's secret. */
const HAVE_OWN_PROOF: ReadonlySet<string | undefined> = new Set(["device-token", "tailscale"]);
const SECRET_CHANGED = "unauthorized: the gateway's credential was changed; connect with the new one";

/** Sizes in bytes, times in milliseconds. */
export interface ControlPlaneLimits extends NetLimits, ConnectionLimits, PopulationLimits, StreamLimits {
  readonly tickIntervalMs: number;
  readonly pingIntervalMs: number;
  /** How long a stop waits for clients to take what is on its way to them. */
  readonly shutdownTimeoutMs: number;
}

export const CONTROL_PLANE_LIMITS: ControlPlaneLimits = {
  ...NET_LIMITS,
  ...CONNECTION_LIMITS,
  ...POPULATION_LIMITS,
  ...STREAM_LIMITS,
  tickIntervalMs: 30_000,
  pingIntervalMs: 25_000,
  shutdownTimeoutMs: 3_000,
};

export interface ControlPlaneSettings extends Omit<NetSettings, "limits"> {
  readonly limits: ControlPlaneLimits;
  /** `device` without it. */
  readonly browserApp?: BrowserAppProof;
}

export interface ControlPlaneDependencies {
  readonly settings: ControlPlaneSettings;
  /** What clients must present; asked at every attempt. */
  readonly sharedSecret: () => SharedSecret;
  readonly server: { readonly version: string; readonly host: string; readonly bootId: string };
  readonly devices: Pick<Devices, "approach" | "attach">;
  readonly requests: Pick<RequestFlow, "answer" | "call" | "served" | "stop">;
  readonly presence: Pick<Presence, "connected" | "disconnected" | "list" | "version">;
  /** Told of connections with role node. */
  readonly nodes?: Pick<Nodes, "connected" | "disconnected">;
  /** Told of every connection that is let in. */
  readonly approvers?: Pick<Approvers, "connected" | "disconnected">;
  readonly health: Pick<HealthMonitor, "current" | "encodedPayload" | "failing" | "version">;
  /** The parts of the hello's snapshot that only the host knows. */
  readonly snapshot: () => Pick<
    HelloOk["snapshot"],
    "appliedConfigHash" | "configPath" | "stateDir" | "sessionDefaults"
  >;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** False while the gateway is still coming up: the port answers, clients are told to come back. */
  readonly isReady?: () => boolean;
  readonly httpRoutes?: readonly HttpRoute[];
}

export interface ShutdownNotice {
  /** For people, such as "gateway stopping". */
  readonly reason: string;
  /** When the gateway will be back; absent when it will not. */
  readonly restartExpectedMs?: number;
}

export interface ControlPlane extends AsyncDisposable {
  /** Opens the port. Throws FatalError when it can not be had. */
  listen(): Promise<Listening>;
  /** Tells every client, and takes neither new clients nor new requests from then on. Answers still go out. */
  announceShutdown(notice: ShutdownNotice): void;
  /** Announces it if that was not done, closes every socket with 1012 and gives the port back. Source: R1.3, R5.12. */
  close(notice: ShutdownNotice): Promise<void>;
  /** Closes every connection that was opened with the gateway's secret. To be called when there is another one. */
  secretChanged(): void;
  /** Open sockets, let in or not. */
  readonly connectionCount: number;
}

export async function createControlPlane(dependencies: ControlPlaneDependencies): Promise<ControlPlane> {
  const plane = new Plane(dependencies);
  await plane.prepare();
  return plane;
}

class Plane implements ControlPlane {
  readonly #dependencies: ControlPlaneDependencies;
  readonly #authenticator: Authenticator;
  readonly #connections: LiveConnections;
  readonly #fanOut: FanOut;
  readonly #forConnections: ConnectionDependencies;
  readonly #pings: Timer;
  readonly #startedAt: number;
  readonly #events: readonly string[];
  #server: HttpServer | undefined;
  #announced: ShutdownNotice | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(dependencies: ControlPlaneDependencies) {
    const { settings, sharedSecret, bus, clock, log, health, requests, ids } = dependencies;
    const { limits } = settings;
    this.#dependencies = dependencies;
    this.#startedAt = clock.now();
    this.#authenticator = new Authenticator({ sharedSecret, clock, log });
    this.#connections = new LiveConnections(limits);
    dependencies.devices.attach(this.#connections);
    this.#forConnections = this.#connectionDependencies();
    this.#events = servedEvents(requests.served);
    const deliveries = new DeliveryLog(log);
    this.#fanOut = new FanOut({
      bus,
      clock,
      uuid: () => ids.uuid(),
      onDelivery: (event, receivers) => deliveries.delivered(event, receivers),
      onReplaced: (connectionId) => this.#replaced(connectionId),
      // A client that reads nothing must not be slow from the first moment on.
      limits: { ...limits, maxReplayBytes: Math.min(limits.maxReplayBytes, limits.maxBufferedBytes / 2) },
      tickIntervalMs: limits.tickIntervalMs,
      stateVersion: () => this.#stateVersion(),
      toDialect: toDialectPayload,
      encodedPayload: (payload) => health.encodedPayload(payload),
    });
    this.#pings = clock.setInterval(() => {
      for (const connection of this.#connections) connection.checkLiveness();
    }, limits.pingIntervalMs);
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  async prepare(): Promise<void> {
    const { settings, server, log, health, clock, httpRoutes = [] } = this.#dependencies;
    this.#server = await HttpServer.create({
      settings,
      clock,
      log,
      routes: httpRoutes,
      refusal: (peer) => this.#refusal(peer),
      onSocket: (opened) => this.#open(opened),
      // A page of any origin can send an HTTP request in its reader's name, so the tailnet's word is not enough there.
      authorize: (bearer, { address, network, isLoopback }) =>
        this.#authenticator.authenticate([bearer], { address, network, isLoopback }),
      callFor: (peer, isAuthorized, signal) => this.#callFor(peer, isAuthorized, signal),
      probes: {
        version: server.version,
        uptimeMs: () => this.#uptimeMs(),
        hasStarted: () => this.#isReady(),
        failing: () => health.failing,
        eventLoop: () => health.current.eventLoop,
      },
    });
  }

  async listen(): Promise<Listening> {
    if (!this.#server) throw new Error("The control plane was closed.");
    return this.#server.listen();
  }

  announceShutdown(notice: ShutdownNotice): void {
    if (this.#announced) return;
    this.#announced = notice;
    const { bus, requests } = this.#dependencies;
    requests.stop(notice.reason);
    bus.publish("shutdown", notice);
  }

  secretChanged(): void {
    for (const connection of this.#connections) {
      const { principal } = connection;
      if (principal && !HAVE_OWN_PROOF.has(principal.authMethod)) connection.close(POLICY_VIOLATION, SECRET_CHANGED);
    }
  }

  async close(notice: ShutdownNotice): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    this.announceShutdown(notice);
    const { limits } = this.#dependencies.settings;
    for (const connection of this.#connections) connection.close(SERVICE_RESTART, "service restart");
    await this.#emptied(limits.shutdownTimeoutMs);
    for (const connection of this.#connections) connection.terminate();
    await this.#emptied(limits.shutdownTimeoutMs);
    this.#pings.cancel();
    this.#fanOut[Symbol.dispose]();
    await server.close(limits.shutdownTimeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({ reason: "gateway stopping" });
  }

  #open(opened: OpenedSocket): void {
    this.#connections.opened(new Connection(opened, this.#forConnections));
  }

  /** What every connection is given. */
  #connectionDependencies(): ConnectionDependencies {
    const { settings, clock, ids, log, requests, health, devices } = this.#dependencies;
    const handshake = {
      authenticator: this.#authenticator,
      devices,
      deviceKeys: new DeviceKeys(),
      browserApp: settings.browserApp ?? "device",
      now: () => clock.now(),
      isReady: () => this.#isReady(),
      onError: (error: unknown) => log.error("a device could not be looked up", { error }),
    };
    return {
      limits: settings.limits,
      clock,
      ids,
      note: (message, fields) => log.debug(message, fields),
      batch: new WriteBatch(),
      shakeHands: (attempt) => shakeHands(attempt, handshake),
      admit: (connection, caller, proof) => this.#admit(connection, caller, proof),
      answer: (request, caller, signal, reply) => requests.answer(request, caller, signal, reply),
      encodedPayload: (payload) => health.encodedPayload(payload),
      onClosed: (connection, caller) => this.#forget(connection, caller),
    };
  }

  #welcome(caller: Caller, proof: AdmissionProof, resume: ResumeOffer | undefined): HelloOk {
    const { server, requests, presence, health, snapshot, settings, sharedSecret } = this.#dependencies;
    const { maxPayloadBytes: maxPayload, maxBufferedBytes, tickIntervalMs } = settings.limits;
    return toHelloOk({
      protocol: caller.dialect,
      server,
      methods: requests.served,
      events: this.#events,
      snapshot: {
        ...snapshot(),
        presence: presence.list(),
        health: health.current,
        stateVersion: this.#stateVersion(),
        uptimeMs: this.#uptimeMs(),
        authMode: sharedSecret().mode,
        // Whoever is let in may ask: while the gateway starts or stops nobody is.
        suspension: { phase: "accepting" },
      },
      policy: { maxPayload, maxBufferedBytes, tickIntervalMs },
      authMethod: proof.authMethod,
      issued: proof.issued,
      caller,
      resume,
    });
  }

  #admit(connection: Connection, caller: Caller, proof: AdmissionProof): ConnectionAdmission {
    const { resume } = proof;
    const { role, scopes, dialect, caps } = caller;
    const { offer, begin } = this.#fanOut.admit({
      id: connection.id,
      role,
      scopes,
      dialect,
      owner: ownerOf(caller, connection.peer),
      canResume: role === "operator" && (resume !== undefined || caps.includes("resume")),
      resume,
      outlet: connection,
    });
    return {
      hello: this.#welcome(caller, proof, offer),
      begin: () => {
        this.#connections.letIn(connection);
        begin();
        this.#dependencies.presence.connected(withAddress(caller, connection.peer));
        this.#dependencies.approvers?.connected(caller);
        if (role === "node") this.#dependencies.nodes?.connected(withAddress(caller, connection.peer));
      },
    };
  }

  #replaced(connectionId: string): void {
    for (const connection of this.#connections) {
      if (connection.id === connectionId) connection.close(RESUMED_ELSEWHERE, "resumed on another connection");
    }
  }

  #forget(connection: Connection, caller: Caller | undefined): void {
    this.#connections.closed(connection);
    this.#fanOut.remove(connection.id);
    if (caller) this.#dependencies.presence.disconnected(withAddress(caller, connection.peer));
    if (caller) this.#dependencies.approvers?.disconnected(caller);
    if (caller?.role === "node") this.#dependencies.nodes?.disconnected(connection.id);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  #refusal(peer: Peer): string | undefined {
    if (this.#announced) return this.#announced.reason;
    return this.#connections.hasRoom(peer) ? undefined : "too many connections; try again in a moment";
  }

  #callFor(peer: Peer, isAuthorized: boolean, signal: AbortSignal): HttpContext["call"] {
    const { ids, server, requests } = this.#dependencies;
    const caller: Caller = {
      connectionId: `http:${ids.uuid()}`,
      role: "operator",
      scopes: isAuthorized ? ["operator.admin"] : [],
      dialect: 4,
      client: { id: "gateway-client", mode: "backend", version: server.version, platform: "http" },
      caps: [],
      remoteAddress: peer.address,
    };
    return (method, params) => requests.call(method, params, caller, signal);
  }

  /** Resolves when no socket is left, or when the time is up. */
  #emptied(timeoutMs: number): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#dependencies.clock.setTimeout(resolve, timeoutMs);
      this.#onEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #isReady(): boolean {
    return this.#dependencies.isReady?.() ?? true;
  }

  #uptimeMs(): number {
    return Math.max(0, this.#dependencies.clock.now() - this.#startedAt);
  }

  #stateVersion(): StateVersion {
    const { presence, health } = this.#dependencies;
    return { presence: presence.version, health: health.version };
  }
}

/** Events go on only for the same principal with the same rights, as the same program. */
function ownerOf({ role, dialect, scopes, deviceId, client }: Caller, { tailscaleLogin }: Peer): string {
  const { id, mode, instanceId } = client;
  return JSON.stringify([role, dialect, [...scopes].toSorted(), deviceId, tailscaleLogin, id, mode, instanceId]);
}

function withAddress(caller: Caller, { isLoopback, address }: Peer): Caller & { readonly ip?: string } {
  return isLoopback ? caller : { ...caller, ip: address };
}

/** Events of a family of methods that is not served are not advertised either. */
function servedEvents(methods: readonly string[]): EventName[] {
  const hasNodes = methods.some((name) => name.startsWith("node."));
  return (Object.keys(EVENTS) as EventName[]).filter((name) => hasNodes || !name.startsWith("node."));
}

import type { Dialect, EventName, EventPayload } from "@openclaw/protocol";

import type { ClientDescription, Clock, Ids, Logger, NodeClaims, Store } from "../ports.ts";
import { NodeAllowances } from "./live/allowance.ts";
import { type ApprovedRequest, NodeApprovals } from "./approval/approvals.ts";
import { type CommandSettings, platformOf, refusalOf } from "./command-policy.ts";
import { NodeFailure } from "./failures.ts";
import { type CommandResult, Invocations, type NodeAnswer } from "./invocation/invocations.ts";
import { LiveNode, type LiveNodeFacts, LiveNodes } from "./live/live-nodes.ts";
import { type KnownNode, NodeTable } from "./node-table.ts";
import { nodeView, type NodeView } from "./node-view.ts";
import { requestView } from "./approval/request-view.ts";
import { JointWork } from "./invocation/joint-work.ts";
import {
  approvedPart,
  boundedDescription,
  boundedPath,
  boundedSurface,
  covers,
  type NodeDescription,
  type NodeSurface,
} from "./surface.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

/** The events of this room. */
type NodeEvent = "node.invoke.cancel" | "node.invoke.request" | "node.pair.requested" | "node.pair.resolved";

export interface NodesDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Tells everyone who may know or, where connections are named, those alone. */
  readonly publish: <E extends NodeEvent>(
    event: E,
    payload: EventPayload<E>,
    audience?: { readonly connectionIds: ReadonlySet<string> },
  ) => void;
  readonly commands: () => CommandSettings;
}

/** A connection that was let in with role node. */
export interface NodeConnection {
  readonly connectionId: string;
  readonly dialect: Dialect;
  readonly client: ClientDescription;
  readonly caps: readonly string[];
  readonly claims?: NodeClaims;
  readonly deviceId?: string;
  /** Absent for a node on this machine. */
  readonly ip?: string;
}

export interface InvokeOptions {
  /** How long the node has; 30 s when absent. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
  /** What the node is told; nothing here goes by it. */
  readonly idempotencyKey?: string;
}

/**
 * Devices that offer capabilities: which are connected, what of their offer may be used, and asking them. What a node
 * declares is a claim; of it counts what the configuration allows for its platform and, for nodes of protocol 4, what
 * an operator approved. Source: R6.7 to R6.10, wire facts 20.
 */
export class Nodes implements AsyncDisposable {
  readonly approvals: NodeApprovals;
  readonly jointWork = new JointWork();
  readonly #dependencies: NodesDependencies;
  readonly #table: NodeTable;
  readonly #live = new LiveNodes();
  readonly #invocations: Invocations;
  readonly #allowances = new NodeAllowances();
  readonly #writes = new Set<Promise<void>>();

  constructor(dependencies: NodesDependencies) {
    const { store, clock, ids, log, publish } = dependencies;
    this.#dependencies = dependencies;
    this.#table = new NodeTable(store, clock);
    this.approvals = new NodeApprovals({
      store,
      clock,
      ids,
      log,
      table: this.#table,
      requested: (request) => publish("node.pair.requested", requestView(request)),
      resolved: (resolved) => publish("node.pair.resolved", resolved),
    });
    this.#invocations = new Invocations({
      clock,
      ids,
      request: (id, payload) => publish("node.invoke.request", payload, { connectionIds: new Set([id]) }),
      cancel: (id, payload) => publish("node.invoke.cancel", payload, { connectionIds: new Set([id]) }),
    });
  }

  /** A node was let in. What may be used of it is known a moment later; everything that needs to know waits for that. */
  connected(connection: NodeConnection): void {
    const facts = factsOf(connection, this.#dependencies.clock.now());
    const node = new LiveNode(facts, this.#allowances.of(facts.nodeId, facts.connectedAt));
    this.#live.add(node);
    node.admitted = this.#write("a node could not be admitted", () => this.#admit(node));
  }

  disconnected(connectionId: string): void {
    const node = this.#live.remove(connectionId);
    if (!node) return;
    this.#invocations.disconnected(connectionId);
    const { nodeId, deviceId, description } = node.facts;
    if (deviceId === undefined) return;
    void this.#write("a node's leaving could not be written down", async () => {
      await node.admitted;
      if (await this.#table.get(nodeId)) await this.#table.seen(nodeId, description, "disconnect");
    });
  }

  /** Connections of nodes that an event goes to besides those that everyone of their kind hears. */
  receivers(event: EventName, payload: unknown): Iterable<string> | undefined {
    if (event === "chat" || event === "agent") {
      const { sessionKey } = payload as { readonly sessionKey?: string };
      return sessionKey === undefined ? undefined : this.#live.followers(sessionKey);
    }
    if (event !== "node.pair.resolved") return undefined;
    const { nodeId } = payload as EventPayload<"node.pair.resolved">;
    return this.#live.allOf(nodeId).map(({ facts }) => facts.connectionId);
  }

  /** The node behind a connection, once it is known what was approved of it. */
  async ofConnection(connectionId: string): Promise<LiveNode | undefined> {
    const node = this.#live.ofConnection(connectionId);
    await node?.admitted;
    return node;
  }

  /** Nodes that are connected, and those that are remembered. */
  async list(): Promise<NodeView[]> {
    const live = this.#live.current();
    await Promise.all(live.map(({ admitted }) => admitted));
    const [known, pending] = await Promise.all([this.#table.list(), this.approvals.pending()]);
    const knownById = new Map(known.map((node) => [node.nodeId, node]));
    const requestOf = new Map(pending.map((request) => [request.nodeId, request]));
    const ids = new Set([...live.map(({ facts }) => facts.nodeId), ...knownById.keys()]);
    return [...ids].map((nodeId) =>
      nodeView({
        nodeId,
        live: this.#live.get(nodeId),
        known: knownById.get(nodeId),
        request: requestOf.get(nodeId),
        usable: (surface, description) => this.#allowedPart(surface, description),
      }),
    );
  }

  async describe(nodeId: string): Promise<NodeView | undefined> {
    return (await this.list()).find((node) => node.nodeId === nodeId);
  }

  /** Nodes that an operator approved, the first ones first. */
  async paired(): Promise<KnownNode[]> {
    return (await this.#table.list()).filter(({ approvedAt }) => approvedAt !== undefined);
  }

  isPaired(nodeId: string): Promise<boolean> {
    return this.#table.get(nodeId).then((node) => node?.approvedAt !== undefined);
  }

  /** False for a node that is not known. */
  rename(nodeId: string, name: string): Promise<boolean> {
    return this.#table.rename(nodeId, name);
  }

  /** Approves a request; the node, where it is connected, may be used at once. Undefined for an unknown request. */
  async approve(requestId: string): Promise<ApprovedRequest | undefined> {
    const approved = await this.approvals.approve(requestId);
    if (!approved) return undefined;
    const { nodeId, surface, kind } = approved.request;
    for (const live of kind === "surface" ? this.#live.allOf(nodeId) : []) {
      live.approved = approvedPart(surface, live.facts.declared);
      live.pendingRequestId = undefined;
    }
    this.approvals.resolve(approved.request, "approved");
    return approved;
  }

  /** Forgets a node: it has to be approved again. False for one that is not known. */
  async remove(nodeId: string): Promise<boolean> {
    if (!(await this.approvals.remove(nodeId))) return false;
    for (const live of this.#live.allOf(nodeId)) {
      if (live.facts.dialect === 4) live.approved = undefined;
      live.pendingRequestId = undefined;
    }
    this.approvals.resolve({ requestId: "", nodeId }, "removed");
    return true;
  }

  /** Throws NodeFailure when the node could not be given this command now. */
  async assertInvokable(nodeId: string, command: string): Promise<LiveNode> {
    const live = this.#live.get(nodeId);
    await live?.admitted;
    if (!live) throw new NodeFailure({ kind: (await this.#table.get(nodeId)) ? "not-connected" : "unknown" });
    if (!live.approved) throw new NodeFailure({ kind: "unapproved" });
    const { description } = live.facts;
    const refusal = refusalOf(command, description, this.#dependencies.commands());
    if (refusal) {
      const platform = description.platform ?? platformOf(description);
      throw new NodeFailure({ kind: "not-allowed", command, refusal, platform });
    }
    if (!live.approved.commands.includes(command)) throw new NodeFailure({ kind: "not-declared", command });
    return live;
  }

  /**
   * Gives a connected node a command and waits for its answer; leaving cancels it. Throws NodeFailure, which says
   * whether the command was sent.
   */
  async invoke(nodeId: string, command: string, params: unknown, options: InvokeOptions): Promise<NodeAnswer> {
    const { clock, ids } = this.#dependencies;
    const timeoutMs =
      options.timeoutMs === undefined || options.timeoutMs === 0 ? DEFAULT_TIMEOUT_MS : options.timeoutMs;
    const deadline = clock.now() + timeoutMs;
    const live = await this.assertInvokable(nodeId, command);
    const { connectionId, dialect } = live.facts;
    const runParams = command === "system.run" ? withRunId(params, live, () => ids.uuid()) : params;
    const { idempotencyKey, signal } = options;
    return this.#invocations.run(
      {
        connectionId,
        nodeId,
        dialect,
        command,
        params: runParams,
        timeoutMs: Math.max(1, deadline - clock.now()),
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      },
      signal,
    );
  }

  /** Takes a node's answer; false when nobody waits for it, or it is not this connection's to give. */
  settle(connectionId: string, result: CommandResult): boolean {
    return this.#invocations.settle(connectionId, result);
  }

  /** From now on the node gets what happens in a session. False when it follows too many. */
  follow(node: LiveNode, sessionKey: string): boolean {
    return this.#live.follow(node, sessionKey);
  }

  unfollow(node: LiveNode, sessionKey: string): void {
    this.#live.unfollow(node, sessionKey);
  }

  async prune(): Promise<number> {
    await this.approvals.expire();
    return this.#table.prune();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.approvals[Symbol.dispose]();
    while (this.#writes.size > 0) await Promise.all(this.#writes);
  }

  /** Nodes of protocol 3 know no approval of what they offer: they may be used as soon as they are let in. */
  async #admit(node: LiveNode): Promise<void> {
    const { nodeId, deviceId, dialect, description, declared, isLocal } = node.facts;
    if (dialect === 3) node.approved = declared;
    if (deviceId === undefined) return;
    await this.#table.seen(nodeId, description, "connect");
    if (dialect === 3) return;
    const known = await this.#table.get(nodeId);
    const offered = this.#allowedPart(declared, description);
    if (known?.surface) node.approved = approvedPart(known.surface, declared);
    if (known?.surface && covers(known.surface, offered)) return;
    const opened = await this.approvals.request({
      nodeId,
      kind: "surface",
      description,
      surface: offered,
      ...(isLocal ? { isSilent: true } : {}),
      isRepair: known?.approvedAt !== undefined,
    });
    node.pendingRequestId = opened?.request.requestId;
  }

  #allowedPart(surface: NodeSurface, description: NodeDescription): NodeSurface {
    const settings = this.#dependencies.commands();
    const commands = surface.commands.filter((command) => refusalOf(command, description, settings) === undefined);
    return { ...surface, commands };
  }

  #write(failing: string, work: () => Promise<void>): Promise<void> {
    const { log } = this.#dependencies;
    const writing = work()
      .catch((error: unknown) => log.error(failing, { error }))
      .finally(() => this.#writes.delete(writing));
    this.#writes.add(writing);
    return writing;
  }
}

function factsOf(connection: NodeConnection, connectedAt: number): LiveNodeFacts {
  const { connectionId, dialect, deviceId, client, caps, claims, ip: remoteIp } = connection;
  const { id: clientId, mode: clientMode, displayName, platform, version, deviceFamily, modelIdentifier } = client;
  const pathEnv = boundedPath(claims?.pathEnv);
  const named = { clientId, clientMode, displayName, platform, version, deviceFamily, modelIdentifier };
  return {
    connectionId,
    nodeId: deviceId ?? clientId,
    ...(deviceId === undefined ? {} : { deviceId }),
    dialect,
    isLocal: remoteIp === undefined,
    description: boundedDescription({ ...named, remoteIp }),
    declared: boundedSurface({ ...claims, caps }),
    ...(pathEnv === undefined ? {} : { pathEnv }),
    connectedAt,
  };
}

/** Nodes of protocol 4 are told by which id they tell how the program ended. Source: wire facts 20.8. */
function withRunId(params: unknown, live: LiveNode, newId: () => string): unknown {
  if (typeof params !== "object" || params === null || Array.isArray(params)) return params;
  const given: unknown = Reflect.get(params, "runId");
  if (typeof given === "string" && given !== "") {
    live.began(given);
    return params;
  }
  if (live.facts.dialect === 3) return params;
  const runId = newId();
  live.began(runId);
  return { ...params, runId };
}

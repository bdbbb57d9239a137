import type { Dialect } from "@openclaw/protocol";

import type { NodeAllowance } from "./allowance.ts";
import { type NodeDescription, type NodeSurface } from "../surface.ts";

const MAX_SESSIONS = 64;
const MAX_RUN_IDS = 256;

export interface LiveNodeFacts {
  readonly connectionId: string;
  readonly nodeId: string;
  /** Absent for a node of protocol 3 that connected without a device. */
  readonly deviceId?: string;
  readonly dialect: Dialect;
  readonly isLocal: boolean;
  readonly description: NodeDescription;
  readonly declared: NodeSurface;
  readonly pathEnv?: string;
  readonly connectedAt: number;
}

/** One connection of a node, and what is known of it while it lasts. */
export class LiveNode {
  readonly facts: LiveNodeFacts;
  readonly allowance: NodeAllowance;
  /** What an operator approved of its offer, or all of it for nodes of protocol 3; undefined before. */
  approved: NodeSurface | undefined;
  pendingRequestId: string | undefined;
  /** Resolves when it is known what was approved. */
  admitted: Promise<void> = Promise.resolve();
  skills: readonly unknown[] = [];
  pluginTools: readonly unknown[] = [];
  readonly #sessions = new Set<string>();
  readonly #runIds = new Set<string>();

  constructor(facts: LiveNodeFacts, allowance: NodeAllowance) {
    this.facts = facts;
    this.allowance = allowance;
  }

  get sessions(): ReadonlySet<string> {
    return this.#sessions;
  }

  /** False when the node follows too many sessions already. */
  follow(sessionKey: string): boolean {
    if (this.#sessions.size >= MAX_SESSIONS && !this.#sessions.has(sessionKey)) return false;
    this.#sessions.add(sessionKey);
    return true;
  }

  unfollow(sessionKey: string): void {
    this.#sessions.delete(sessionKey);
  }

  /** Remembers a program that this gateway had the node run, so that what the node tells of it is believed. */
  began(runId: string): void {
    this.#runIds.add(runId);
    const oldest = this.#runIds.values().next().value;
    if (this.#runIds.size > MAX_RUN_IDS && oldest !== undefined) this.#runIds.delete(oldest);
  }

  hasRun(runId: string): boolean {
    return this.#runIds.has(runId);
  }
}

/** The nodes that are connected. Of two connections of one node the newer one counts, until it ends. */
export class LiveNodes {
  readonly #byConnection = new Map<string, LiveNode>();
  readonly #byNode = new Map<string, LiveNode[]>();
  readonly #bySession = new Map<string, Set<string>>();

  add(node: LiveNode): void {
    const { connectionId, nodeId } = node.facts;
    this.#byConnection.set(connectionId, node);
    this.#byNode.set(nodeId, [...(this.#byNode.get(nodeId) ?? []), node]);
  }

  remove(connectionId: string): LiveNode | undefined {
    const node = this.#byConnection.get(connectionId);
    if (!node) return undefined;
    const { nodeId } = node.facts;
    this.#byConnection.delete(connectionId);
    const others = (this.#byNode.get(nodeId) ?? []).filter((other) => other !== node);
    if (others.length > 0) this.#byNode.set(nodeId, others);
    else this.#byNode.delete(nodeId);
    for (const sessionKey of node.sessions) this.#leave(sessionKey, connectionId);
    return node;
  }

  get(nodeId: string): LiveNode | undefined {
    return this.#byNode.get(nodeId)?.at(-1);
  }

  ofConnection(connectionId: string): LiveNode | undefined {
    return this.#byConnection.get(connectionId);
  }

  /** Every connection of a node. */
  allOf(nodeId: string): readonly LiveNode[] {
    return this.#byNode.get(nodeId) ?? [];
  }

  /** One for each node. */
  current(): LiveNode[] {
    return [...this.#byNode.values()].flatMap((nodes) => nodes.at(-1) ?? []);
  }

  follow(node: LiveNode, sessionKey: string): boolean {
    if (!node.follow(sessionKey)) return false;
    const followers = this.#bySession.get(sessionKey) ?? new Set();
    this.#bySession.set(sessionKey, followers);
    followers.add(node.facts.connectionId);
    return true;
  }

  unfollow(node: LiveNode, sessionKey: string): void {
    node.unfollow(sessionKey);
    this.#leave(sessionKey, node.facts.connectionId);
  }

  /** The connections that follow a session. */
  followers(sessionKey: string): ReadonlySet<string> | undefined {
    return this.#bySession.get(sessionKey);
  }

  #leave(sessionKey: string, connectionId: string): void {
    const followers = this.#bySession.get(sessionKey);
    followers?.delete(connectionId);
    if (followers?.size === 0) this.#bySession.delete(sessionKey);
  }
}

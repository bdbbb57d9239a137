import { createHash, timingSafeEqual } from "node:crypto";

import type { EventPayload } from "@openclaw/protocol";

import type { Clock, Ids, Logger, Store, Timer } from "../../ports.ts";
import type { KnownNode, NodeTable } from "../node-table.ts";
import { MAX_REQUESTS, type NewRequest, type NodeRequest, RequestTable } from "./request-table.ts";

const TOKEN_BYTES = 32;
/** A timer does not need to wait longer for something that is looked at anyway. */
const LONGEST_WAIT_MS = 60 * 60 * 1000;

export interface ApprovalDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly table: NodeTable;
  readonly requested: (request: NodeRequest) => void;
  readonly resolved: (resolved: EventPayload<"node.pair.resolved">) => void;
}

export interface ApprovedRequest {
  readonly request: NodeRequest;
  readonly node: KnownNode;
  /** For a pairing by token: told here and never again. */
  readonly token?: string;
}

/**
 * What waits for an operator, and what operators decided: pairings by token, which programs of protocol 3 ask for, and
 * what connected nodes of protocol 4 offer. Every change is an event. Source: R6.10, wire facts 20.3 to 20.6.
 */
export class NodeApprovals implements Disposable {
  readonly #dependencies: ApprovalDependencies;
  readonly #requests: RequestTable;
  #expiry: Timer | undefined;
  #isDisposed = false;

  constructor(dependencies: ApprovalDependencies) {
    const { store, clock, ids } = dependencies;
    this.#dependencies = dependencies;
    this.#requests = new RequestTable(store, clock, ids);
  }

  /** The request that waits for a node, new or not; undefined when too many wait. */
  async request(wanted: NewRequest): Promise<{ request: NodeRequest; isNew: boolean } | undefined> {
    await this.expire();
    const { store, log, requested } = this.#dependencies;
    const opened = await store.transaction((sql) => this.#requests.open(sql, wanted));
    if (!opened) {
      log.warn("a node's request is not kept, because too many wait", { nodeId: wanted.nodeId, most: MAX_REQUESTS });
      return undefined;
    }
    if (opened.isNew) {
      requested(opened.request);
      void this.#watchExpiry();
    }
    return opened;
  }

  find(requestId: string): Promise<NodeRequest | undefined> {
    return this.#requests.get(this.#dependencies.store, requestId);
  }

  /** The oldest first. */
  async pending(): Promise<NodeRequest[]> {
    await this.expire();
    return this.#requests.list();
  }

  /** Undefined for a request that is unknown or over. */
  async approve(requestId: string): Promise<ApprovedRequest | undefined> {
    const { store, ids, table } = this.#dependencies;
    const approved = await store.transaction(async (sql) => {
      const request = await this.#requests.get(sql, requestId);
      if (!request) return undefined;
      const token = request.kind === "token" ? ids.secret(TOKEN_BYTES) : undefined;
      const { nodeId, description, surface } = request;
      await table.approve(sql, { nodeId, description, surface, tokenHash: token && hashOf(token) });
      await this.#requests.close(sql, requestId);
      return { request, token };
    });
    if (!approved) return undefined;
    const { request, token } = approved;
    const node = await table.get(request.nodeId);
    if (!node) return undefined;
    return { request, node, ...(token === undefined ? {} : { token }) };
  }

  /** Undefined for a request that is unknown or over. */
  async reject(requestId: string): Promise<NodeRequest | undefined> {
    const { store } = this.#dependencies;
    const request = await store.transaction(async (sql) => {
      const found = await this.#requests.get(sql, requestId);
      if (found) await this.#requests.close(sql, requestId);
      return found;
    });
    if (request) this.resolve(request, "rejected");
    return request;
  }

  /** Forgets a node and what it asks for. False for a node that is not known. */
  async remove(nodeId: string): Promise<boolean> {
    const { store, table } = this.#dependencies;
    return store.transaction(async (sql) => {
      await this.#requests.closeOf(sql, nodeId);
      return table.remove(sql, nodeId);
    });
  }

  /** The node whose pairing token this is. */
  async verify(nodeId: string, token: string): Promise<KnownNode | undefined> {
    const node = await this.#dependencies.table.get(nodeId);
    if (node?.tokenHash === undefined) return undefined;
    return timingSafeEqual(Buffer.from(node.tokenHash, "hex"), Buffer.from(hashOf(token), "hex")) ? node : undefined;
  }

  resolve({ requestId, nodeId }: Pick<NodeRequest, "requestId" | "nodeId">, decision: Decision): void {
    const { clock, resolved } = this.#dependencies;
    resolved({ requestId, nodeId, decision, ts: clock.now() });
  }

  /** Closes the requests whose time is over. */
  async expire(): Promise<void> {
    for (const request of await this.#requests.takeExpired()) this.resolve(request, "expired");
  }

  /** Sets the timer for the request that expires next. */
  async #watchExpiry(): Promise<void> {
    const { clock, log } = this.#dependencies;
    try {
      const next = await this.#requests.nextExpiry();
      this.#expiry?.cancel();
      if (next === undefined || this.#isDisposed) return;
      const delay = Math.min(LONGEST_WAIT_MS, Math.max(0, next - clock.now()));
      this.#expiry = clock.setTimeout(() => void this.#expireAndWatch(), delay);
    } catch (error) {
      log.warn("the requests of nodes could not be looked through", { error });
    }
  }

  async #expireAndWatch(): Promise<void> {
    await this.expire().catch((error: unknown) =>
      this.#dependencies.log.warn("old requests of nodes could not be closed", { error }),
    );
    await this.#watchExpiry();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#expiry?.cancel();
  }
}

type Decision = EventPayload<"node.pair.resolved">["decision"];

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

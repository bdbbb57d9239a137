import type { Clock, Ids, SqlExecutor, Store } from "../../ports.ts";
import { isSameSurface, type NodeDescription, type NodeSurface } from "../surface.ts";

/** How many requests may wait: strangers must not fill the list. */
export const MAX_REQUESTS = 100;
const LIFETIME_MS = {
  /** Whoever pairs by token asks again when it still wants to. */
  token: 5 * 60 * 1000,
  /** The node asks by being connected; every connect renews it. */
  surface: 7 * 24 * 60 * 60 * 1000,
};

export type RequestKind = keyof typeof LIFETIME_MS;

/** A node that waits for an operator. */
export interface NodeRequest {
  readonly requestId: string;
  readonly nodeId: string;
  readonly kind: RequestKind;
  readonly description: NodeDescription;
  readonly surface: NodeSurface;
  readonly isSilent?: boolean;
  /** The node was paired before. */
  readonly isRepair: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export type NewRequest = Omit<NodeRequest, "requestId" | "createdAt" | "expiresAt">;

interface Row {
  readonly request_id: string;
  readonly node_id: string;
  readonly kind: RequestKind;
  readonly description: string;
  readonly surface: string;
  readonly is_silent: number | null;
  readonly is_repair: number;
  readonly created_at: number;
  readonly expires_at: number;
}

/** Requests that wait for an operator; one of each node. */
export class RequestTable {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(store: Store, clock: Clock, ids: Ids) {
    this.#store = store;
    this.#clock = clock;
    this.#ids = ids;
  }

  /**
   * The request that waits for a node, made if there is none; asking for something else replaces it. Undefined when
   * too many wait.
   */
  async open(sql: SqlExecutor, wanted: NewRequest): Promise<{ request: NodeRequest; isNew: boolean } | undefined> {
    const now = this.#clock.now();
    const expiresAt = now + LIFETIME_MS[wanted.kind];
    const row = await sql.get<Row>("SELECT * FROM node_requests WHERE node_id = ?", wanted.nodeId);
    const before = row && toRequest(row);
    if (before && before.expiresAt > now && isSameRequest(before, wanted)) {
      if (before.kind === "token") return { request: before, isNew: false };
      await sql.run("UPDATE node_requests SET expires_at = ? WHERE request_id = ?", expiresAt, before.requestId);
      return { request: { ...before, expiresAt }, isNew: false };
    }
    if (before) await this.close(sql, before.requestId);
    const counted = await sql.get<{ count: number }>("SELECT COUNT(*) AS count FROM node_requests");
    if ((counted?.count ?? 0) >= MAX_REQUESTS) return undefined;
    const request = { ...wanted, requestId: this.#ids.uuid(), createdAt: now, expiresAt };
    await sql.run(
      `INSERT INTO node_requests
         (request_id, node_id, kind, description, surface, is_silent, is_repair, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      request.requestId,
      request.nodeId,
      request.kind,
      JSON.stringify(request.description),
      JSON.stringify(request.surface),
      request.isSilent === undefined ? null : Number(request.isSilent),
      Number(request.isRepair),
      now,
      expiresAt,
    );
    return { request, isNew: true };
  }

  /** The request of an id, unless its time is over. */
  async get(sql: SqlExecutor, requestId: string): Promise<NodeRequest | undefined> {
    const row = await sql.get<Row>(
      "SELECT * FROM node_requests WHERE request_id = ? AND expires_at > ?",
      requestId,
      this.#clock.now(),
    );
    return row && toRequest(row);
  }

  async close(sql: SqlExecutor, requestId: string): Promise<void> {
    await sql.run("DELETE FROM node_requests WHERE request_id = ?", requestId);
  }

  async closeOf(sql: SqlExecutor, nodeId: string): Promise<void> {
    await sql.run("DELETE FROM node_requests WHERE node_id = ?", nodeId);
  }

  /** The oldest first. */
  async list(): Promise<NodeRequest[]> {
    const rows = await this.#store.all<Row>(
      "SELECT * FROM node_requests WHERE expires_at > ? ORDER BY created_at, request_id",
      this.#clock.now(),
    );
    return rows.map(toRequest);
  }

  /** Takes out those whose time is over. */
  async takeExpired(): Promise<NodeRequest[]> {
    // Nearly always there are none, and reading costs no commit.
    if (((await this.nextExpiry()) ?? Infinity) > this.#clock.now()) return [];
    return this.#store.transaction(async (sql) => {
      const now = this.#clock.now();
      const rows = await sql.all<Row>("SELECT * FROM node_requests WHERE expires_at <= ?", now);
      if (rows.length > 0) await sql.run("DELETE FROM node_requests WHERE expires_at <= ?", now);
      return rows.map(toRequest);
    });
  }

  /** When the next one expires. */
  async nextExpiry(): Promise<number | undefined> {
    const row = await this.#store.get<{ soonest: number | null }>(
      "SELECT MIN(expires_at) AS soonest FROM node_requests",
    );
    return row?.soonest ?? undefined;
  }
}

/** A request by token stands for the node, whatever it says of itself the second time. */
function isSameRequest(before: NodeRequest, wanted: NewRequest): boolean {
  return before.kind === wanted.kind && (wanted.kind === "token" || isSameSurface(before.surface, wanted.surface));
}

function toRequest(row: Row): NodeRequest {
  return {
    requestId: row.request_id,
    nodeId: row.node_id,
    kind: row.kind,
    description: JSON.parse(row.description) as NodeDescription,
    surface: JSON.parse(row.surface) as NodeSurface,
    ...(row.is_silent === null ? {} : { isSilent: row.is_silent === 1 }),
    isRepair: row.is_repair === 1,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

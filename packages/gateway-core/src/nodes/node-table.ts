import type { Clock, SqlExecutor, Store } from "../ports.ts";
import type { NodeDescription, NodeSurface } from "./surface.ts";

const MAX_NODES = 1_000;
/** A node that was only seen is forgotten after this long. */
const REMEMBER_MS = 30 * 24 * 60 * 60 * 1000;
const PRUNE_BATCH = 500;

/** A node as it is remembered. */
export interface KnownNode {
  readonly nodeId: string;
  /** The name an operator gave it. */
  readonly name?: string;
  readonly description: NodeDescription;
  /** What of its offer was approved. */
  readonly surface?: NodeSurface;
  readonly tokenHash?: string;
  readonly createdAt: number;
  readonly approvedAt?: number;
  readonly lastSeenAt?: number;
  readonly lastSeenReason?: string;
}

export interface Approval {
  readonly nodeId: string;
  readonly description: NodeDescription;
  readonly surface: NodeSurface;
  /** Undefined leaves the token as it is. */
  readonly tokenHash: string | undefined;
}

interface Row {
  readonly node_id: string;
  readonly name: string | null;
  readonly description: string;
  readonly surface: string | null;
  readonly token_hash: string | null;
  readonly created_at: number;
  readonly approved_at: number | null;
  readonly last_seen_at: number | null;
  readonly last_seen_reason: string | null;
}

/** The nodes this gateway has seen or approved. At most 1,000: the ones unseen for longest and not approved go first. */
export class NodeTable {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async get(nodeId: string): Promise<KnownNode | undefined> {
    const row = await this.#store.get<Row>("SELECT * FROM nodes WHERE node_id = ?", nodeId);
    return row && toNode(row);
  }

  async list(): Promise<KnownNode[]> {
    const rows = await this.#store.all<Row>("SELECT * FROM nodes ORDER BY created_at, node_id LIMIT ?", MAX_NODES);
    return rows.map(toNode);
  }

  /** Notes that a node came or went. */
  async seen(nodeId: string, description: NodeDescription, reason: "connect" | "disconnect"): Promise<void> {
    const now = this.#clock.now();
    await this.#store.transaction(async (sql) => {
      await sql.run(
        `INSERT INTO nodes (node_id, description, created_at, last_seen_at, last_seen_reason) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (node_id) DO UPDATE SET description = excluded.description,
           last_seen_at = excluded.last_seen_at, last_seen_reason = excluded.last_seen_reason`,
        nodeId,
        JSON.stringify(description),
        now,
        now,
        reason,
      );
      await sql.run(
        `DELETE FROM nodes WHERE node_id IN (SELECT node_id FROM nodes WHERE node_id <> ?
           ORDER BY (approved_at IS NOT NULL) DESC, last_seen_at DESC LIMIT 100 OFFSET ?)`,
        nodeId,
        MAX_NODES - 1,
      );
    });
  }

  async approve(sql: SqlExecutor, { nodeId, description, surface, tokenHash }: Approval): Promise<void> {
    const now = this.#clock.now();
    await sql.run(
      `INSERT INTO nodes (node_id, description, surface, token_hash, created_at, approved_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (node_id) DO UPDATE SET description = excluded.description, surface = excluded.surface,
         token_hash = COALESCE(excluded.token_hash, nodes.token_hash), approved_at = excluded.approved_at`,
      nodeId,
      JSON.stringify(description),
      JSON.stringify(surface),
      tokenHash ?? null,
      now,
      now,
    );
  }

  /** False for a node that is not known. */
  async rename(nodeId: string, name: string): Promise<boolean> {
    return (await this.#store.run("UPDATE nodes SET name = ? WHERE node_id = ?", name, nodeId)) > 0;
  }

  /** False for a node that is not known. */
  async remove(sql: SqlExecutor, nodeId: string): Promise<boolean> {
    return (await sql.run("DELETE FROM nodes WHERE node_id = ?", nodeId)) > 0;
  }

  prune(): Promise<number> {
    return this.#store.run(
      `DELETE FROM nodes WHERE node_id IN
         (SELECT node_id FROM nodes WHERE approved_at IS NULL AND COALESCE(last_seen_at, created_at) < ? LIMIT ?)`,
      this.#clock.now() - REMEMBER_MS,
      PRUNE_BATCH,
    );
  }
}

function toNode(row: Row): KnownNode {
  return {
    nodeId: row.node_id,
    ...(row.name === null ? {} : { name: row.name }),
    description: JSON.parse(row.description) as NodeDescription,
    ...(row.surface === null ? {} : { surface: JSON.parse(row.surface) as NodeSurface }),
    ...(row.token_hash === null ? {} : { tokenHash: row.token_hash }),
    createdAt: row.created_at,
    ...(row.approved_at === null ? {} : { approvedAt: row.approved_at }),
    ...(row.last_seen_at === null ? {} : { lastSeenAt: row.last_seen_at }),
    ...(row.last_seen_reason === null ? {} : { lastSeenReason: row.last_seen_reason }),
  };
}

import type { Clock, Store } from "../ports.ts";
import type { Approval, ApprovalRequest, Decision, Ending, TerminalReason } from "./approval.ts";

const REMEMBER_MS = 7 * 24 * 60 * 60 * 1000;
const MAX_REMEMBERED = 1_000;
const PRUNE_BATCH = 200;

interface Row {
  readonly id: string;
  readonly request: string;
  readonly requester: string;
  readonly status: Approval["status"];
  readonly decision: Decision | null;
  readonly reason: TerminalReason | null;
  readonly resolver_kind: string | null;
  readonly resolver_id: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly resolved_at: number | null;
}

/** The rows of approvals. Decides nothing. */
export class ApprovalTable {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** False for an id that was used before. */
  async add({ id, request, requester, createdAt, expiresAt }: Approval): Promise<boolean> {
    const added = await this.#store.run(
      `INSERT INTO exec_approvals (id, request, requester, status, created_at, expires_at)
       VALUES (?, ?, ?, 'pending', ?, ?) ON CONFLICT (id) DO NOTHING`,
      id,
      JSON.stringify(request),
      requester,
      createdAt,
      expiresAt,
    );
    return added === 1;
  }

  async end(id: string, ending: Ending): Promise<Approval | undefined> {
    return this.#store.transaction(async (sql) => {
      const row = await sql.get<Row>(
        `UPDATE exec_approvals SET status = ?, decision = ?, reason = ?, resolver_kind = ?, resolver_id = ?,
           resolved_at = ? WHERE id = ? AND status = 'pending' RETURNING *`,
        ...this.#endColumns(ending),
        id,
      );
      return row && toApproval(row);
    });
  }

  /** Ends whatever waits; answers how many that were. */
  endAll(ending: Ending): Promise<number> {
    return this.#store.run(
      `UPDATE exec_approvals SET status = ?, decision = ?, reason = ?, resolver_kind = ?, resolver_id = ?,
         resolved_at = ? WHERE status = 'pending'`,
      ...this.#endColumns(ending),
    );
  }

  async get(id: string): Promise<Approval | undefined> {
    const row = await this.#store.get<Row>("SELECT * FROM exec_approvals WHERE id = ?", id);
    return row && toApproval(row);
  }

  /** Those that are over, the last one first. */
  async ended(limit: number): Promise<Approval[]> {
    const rows = await this.#store.all<Row>(
      `SELECT * FROM exec_approvals WHERE status <> 'pending'
       ORDER BY resolved_at DESC, created_at DESC, id LIMIT ?`,
      limit,
    );
    return rows.map(toApproval);
  }

  prune(): Promise<number> {
    return this.#store.run(
      `DELETE FROM exec_approvals WHERE id IN (
         SELECT id FROM exec_approvals WHERE status <> 'pending' AND (resolved_at < ? OR resolved_at < (
           SELECT resolved_at FROM exec_approvals WHERE status <> 'pending'
           ORDER BY resolved_at DESC LIMIT 1 OFFSET ?)) LIMIT ?)`,
      this.#clock.now() - REMEMBER_MS,
      MAX_REMEMBERED - 1,
      PRUNE_BATCH,
    );
  }

  #endColumns({ status, decision, reason, resolver }: Ending) {
    return [status, decision ?? null, reason, resolver.kind, resolver.id, this.#clock.now()] as const;
  }
}

function toApproval(row: Row): Approval {
  return {
    id: row.id,
    request: JSON.parse(row.request) as ApprovalRequest,
    requester: row.requester,
    status: row.status,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.decision === null ? {} : { decision: row.decision }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.resolver_kind === null ? {} : { resolver: { kind: row.resolver_kind, id: row.resolver_id ?? "" } }),
    ...(row.resolved_at === null ? {} : { resolvedAt: row.resolved_at }),
  };
}

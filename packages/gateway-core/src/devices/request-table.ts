import type { Role } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import type { SqlExecutor } from "../ports.ts";
import type { DeviceClaim, PairingRequest } from "./device.ts";

/** A request is forgotten when its device has not asked again for so long. */
const REQUEST_LIFETIME_MS = 15 * 60_000;
/** Requests that may wait: from one network, and altogether. Beyond the first a network loses its own oldest. */
const MAX_REQUESTS_PER_NETWORK = 10;
const MAX_REQUESTS = 100;

interface RequestRow {
  readonly request_id: string;
  readonly device_id: string;
  readonly public_key: string;
  readonly platform: string | null;
  readonly device_family: string | null;
  readonly display_name: string | null;
  readonly client_id: string;
  readonly client_mode: string;
  readonly role: Role;
  readonly scopes: string;
  readonly remote_ip: string | null;
  readonly network: string;
  readonly is_repair: number;
  readonly created_at: number;
}

/** What became of asking. */
interface Asked {
  readonly request: PairingRequest;
  /** False when the device had asked for the same before. */
  readonly isNew: boolean;
  /** Requests that had to go for this one. */
  readonly superseded: readonly PairingRequest[];
}

export async function readRequests(sql: SqlExecutor, now: number): Promise<PairingRequest[]> {
  const rows = await sql.all<RequestRow>(
    "SELECT * FROM device_requests WHERE expires_at > ? ORDER BY created_at DESC, request_id",
    now,
  );
  return rows.map(toRequest);
}

export async function takeExpiredRequests(sql: SqlExecutor, now: number): Promise<PairingRequest[]> {
  const rows = await sql.all<RequestRow>("DELETE FROM device_requests WHERE expires_at <= ? RETURNING *", now);
  return rows.map(toRequest);
}

/** Takes the request away and answers it; undefined when there is none, or when it has expired. */
export async function takeRequest(
  sql: SqlExecutor,
  requestId: string,
  now: number,
): Promise<PairingRequest | undefined> {
  const [row] = await sql.all<RequestRow>(
    "DELETE FROM device_requests WHERE request_id = ? AND expires_at > ? RETURNING *",
    requestId,
    now,
  );
  return row && toRequest(row);
}

export async function takeRequestOf(sql: SqlExecutor, deviceId: string): Promise<PairingRequest | undefined> {
  const [row] = await sql.all<RequestRow>("DELETE FROM device_requests WHERE device_id = ? RETURNING *", deviceId);
  return row && toRequest(row);
}

/**
 * Keeps a request. A device that asks for the same again keeps the one it has; one that asks for something else gets a
 * new one in its place. Throws UNAVAILABLE when too many wait.
 */
export async function keepRequest(sql: SqlExecutor, wanted: PairingRequest): Promise<Asked> {
  const now = wanted.createdAt;
  const { deviceId, network } = wanted.claim;
  const row = await sql.get<RequestRow>("SELECT * FROM device_requests WHERE device_id = ?", deviceId);
  const known = row && toRequest(row);
  if (known && isSameRequest(known, wanted)) {
    const until = now + REQUEST_LIFETIME_MS;
    await sql.run("UPDATE device_requests SET expires_at = ? WHERE request_id = ?", until, known.requestId);
    return { request: known, isNew: false, superseded: [] };
  }
  const superseded = known ? [known] : [];
  if (known) await sql.run("DELETE FROM device_requests WHERE request_id = ?", known.requestId);
  superseded.push(...(await makeRoom(sql, network)));
  await insertRequest(sql, wanted);
  return { request: wanted, isNew: true, superseded };
}

async function makeRoom(sql: SqlExecutor, network: string): Promise<PairingRequest[]> {
  const own = await sql.all<RequestRow>(
    "SELECT * FROM device_requests WHERE network = ? ORDER BY created_at, request_id",
    network,
  );
  const [oldest] = own;
  if (oldest && own.length >= MAX_REQUESTS_PER_NETWORK) {
    await sql.run("DELETE FROM device_requests WHERE request_id = ?", oldest.request_id);
    return [toRequest(oldest)];
  }
  const all = await sql.get<{ count: number }>("SELECT count(*) AS count FROM device_requests");
  if ((all?.count ?? 0) < MAX_REQUESTS) return [];
  throw new GatewayError(
    "UNAVAILABLE",
    `${MAX_REQUESTS} devices wait for approval already; approve or reject some (openclaw devices list), then try again`,
    { retryAfterMs: 60_000 },
  );
}

async function insertRequest(sql: SqlExecutor, request: PairingRequest): Promise<void> {
  const { claim } = request;
  await sql.run(
    `INSERT INTO device_requests (request_id, device_id, public_key, platform, device_family, display_name, client_id,
       client_mode, role, scopes, remote_ip, network, is_repair, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    request.requestId,
    claim.deviceId,
    claim.publicKey,
    claim.platform ?? null,
    claim.deviceFamily ?? null,
    claim.displayName ?? null,
    claim.clientId,
    claim.clientMode,
    request.role,
    JSON.stringify(request.scopes),
    claim.remoteIp ?? null,
    claim.network,
    request.isRepair ? 1 : 0,
    request.createdAt,
    request.createdAt + REQUEST_LIFETIME_MS,
  );
}

function isSameRequest(known: PairingRequest, wanted: PairingRequest): boolean {
  const scopesOf = (request: PairingRequest): string => [...request.scopes].sort().join(",");
  return (
    known.role === wanted.role &&
    scopesOf(known) === scopesOf(wanted) &&
    known.claim.platform === wanted.claim.platform &&
    known.claim.deviceFamily === wanted.claim.deviceFamily
  );
}

function toRequest(row: RequestRow): PairingRequest {
  const claim: DeviceClaim = {
    deviceId: row.device_id,
    publicKey: row.public_key,
    clientId: row.client_id,
    clientMode: row.client_mode,
    ...(row.display_name === null ? {} : { displayName: row.display_name }),
    ...(row.platform === null ? {} : { platform: row.platform }),
    ...(row.device_family === null ? {} : { deviceFamily: row.device_family }),
    ...(row.remote_ip === null ? {} : { remoteIp: row.remote_ip }),
    network: row.network,
  };
  return {
    requestId: row.request_id,
    claim,
    role: row.role,
    scopes: JSON.parse(row.scopes) as string[],
    isRepair: row.is_repair === 1,
    createdAt: row.created_at,
  };
}

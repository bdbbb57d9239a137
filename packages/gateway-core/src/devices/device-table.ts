import type { Role } from "@openclaw/protocol";

import type { SqlExecutor } from "../ports.ts";
import type { Device, DeviceClaim, DeviceGrant } from "./device.ts";

interface DeviceRow {
  readonly device_id: string;
  readonly public_key: string;
  readonly platform: string | null;
  readonly device_family: string | null;
  readonly display_name: string | null;
  readonly label: string | null;
  readonly client_id: string;
  readonly client_mode: string;
  readonly last_role: Role;
  readonly remote_ip: string | null;
  readonly approved_via: "owner" | "silent";
  readonly created_at: number;
  readonly approved_at: number;
  readonly last_seen_at: number | null;
}

interface GrantRow {
  readonly device_id: string;
  readonly role: Role;
  readonly approved_scopes: string;
  readonly scopes: string;
  readonly salt: string;
  readonly created_at: number;
  readonly rotated_at: number | null;
  readonly revoked_at: number | null;
  readonly last_used_at: number | null;
}

export async function readDevice(sql: SqlExecutor, deviceId: string): Promise<Device | undefined> {
  const row = await sql.get<DeviceRow>("SELECT * FROM devices WHERE device_id = ?", deviceId);
  if (!row) return undefined;
  const grants = await sql.all<GrantRow>("SELECT * FROM device_grants WHERE device_id = ? ORDER BY role", deviceId);
  return toDevice(row, grants);
}

/** Every device, the newest first. They are few: there is a limit. */
export async function readDevices(sql: SqlExecutor): Promise<Device[]> {
  const [rows, grants] = [
    await sql.all<DeviceRow>("SELECT * FROM devices ORDER BY created_at DESC, device_id"),
    await sql.all<GrantRow>("SELECT * FROM device_grants ORDER BY role"),
  ];
  const byDevice = Map.groupBy(grants, (grant) => grant.device_id);
  return rows.map((row) => toDevice(row, byDevice.get(row.device_id) ?? []));
}

export async function countDevices(sql: SqlExecutor): Promise<number> {
  const row = await sql.get<{ count: number }>("SELECT count(*) AS count FROM devices");
  return row?.count ?? 0;
}

export interface Approval {
  readonly claim: DeviceClaim;
  readonly role: Role;
  readonly via: "owner" | "silent";
  readonly now: number;
}

/** Writes down that a device, new or known, was approved as it is now. */
export async function writeDevice(sql: SqlExecutor, { claim, role, via, now }: Approval): Promise<void> {
  await sql.run(
    `INSERT INTO devices (device_id, public_key, platform, device_family, display_name, client_id, client_mode,
       last_role, remote_ip, approved_via, created_at, approved_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (device_id) DO UPDATE SET public_key = excluded.public_key, platform = excluded.platform,
       device_family = excluded.device_family, display_name = excluded.display_name, client_id = excluded.client_id,
       client_mode = excluded.client_mode, last_role = excluded.last_role, remote_ip = excluded.remote_ip,
       approved_via = excluded.approved_via, approved_at = excluded.approved_at`,
    claim.deviceId,
    claim.publicKey,
    claim.platform ?? null,
    claim.deviceFamily ?? null,
    claim.displayName ?? null,
    claim.clientId,
    claim.clientMode,
    role,
    claim.remoteIp ?? null,
    via,
    now,
    now,
  );
}

export async function writeGrant(sql: SqlExecutor, deviceId: string, grant: DeviceGrant): Promise<void> {
  await sql.run(
    `INSERT INTO device_grants (device_id, role, approved_scopes, scopes, salt, created_at, rotated_at, revoked_at,
       last_used_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (device_id, role) DO UPDATE SET approved_scopes = excluded.approved_scopes, scopes = excluded.scopes,
       salt = excluded.salt, created_at = excluded.created_at, rotated_at = excluded.rotated_at,
       revoked_at = excluded.revoked_at, last_used_at = excluded.last_used_at`,
    deviceId,
    grant.role,
    JSON.stringify(grant.approvedScopes),
    JSON.stringify(grant.scopes),
    grant.salt,
    grant.createdAt,
    grant.rotatedAt ?? null,
    grant.revokedAt ?? null,
    grant.lastUsedAt ?? null,
  );
}

/** Notes that a device was here. What it was approved as stays as it is. */
export async function writeVisit(
  sql: SqlExecutor,
  claim: DeviceClaim,
  visit: { readonly role: Role; readonly usedToken: boolean; readonly now: number },
): Promise<void> {
  await sql.run(
    `UPDATE devices SET display_name = coalesce(?, display_name), client_id = ?, client_mode = ?, last_role = ?,
       remote_ip = ?, last_seen_at = ? WHERE device_id = ?`,
    claim.displayName ?? null,
    claim.clientId,
    claim.clientMode,
    visit.role,
    claim.remoteIp ?? null,
    visit.now,
    claim.deviceId,
  );
  if (!visit.usedToken) return;
  await sql.run(
    "UPDATE device_grants SET last_used_at = ? WHERE device_id = ? AND role = ?",
    visit.now,
    claim.deviceId,
    visit.role,
  );
}

/** Answers whether there was such a device. */
export async function deleteDevice(sql: SqlExecutor, deviceId: string): Promise<boolean> {
  await sql.run("DELETE FROM device_grants WHERE device_id = ?", deviceId);
  await sql.run("DELETE FROM device_requests WHERE device_id = ?", deviceId);
  return (await sql.run("DELETE FROM devices WHERE device_id = ?", deviceId)) > 0;
}

export async function writeLabel(sql: SqlExecutor, deviceId: string, label: string): Promise<boolean> {
  return (await sql.run("UPDATE devices SET label = ? WHERE device_id = ?", label, deviceId)) > 0;
}

/** Ids of devices of one kind that nobody was asked about, the least recently seen first. */
export async function silentDevicesLike(sql: SqlExecutor, claim: DeviceClaim): Promise<string[]> {
  const rows = await sql.all<{ device_id: string }>(
    `SELECT device_id FROM devices
     WHERE client_id = ? AND client_mode = ? AND approved_via = 'silent' AND coalesce(display_name, '') = ?
     ORDER BY coalesce(last_seen_at, approved_at), device_id`,
    claim.clientId,
    claim.clientMode,
    claim.displayName ?? "",
  );
  return rows.map((row) => row.device_id);
}

function toDevice(row: DeviceRow, grants: readonly GrantRow[]): Device {
  return {
    deviceId: row.device_id,
    publicKey: row.public_key,
    ...(row.platform === null ? {} : { platform: row.platform }),
    ...(row.device_family === null ? {} : { deviceFamily: row.device_family }),
    ...(row.display_name === null ? {} : { displayName: row.display_name }),
    ...(row.label === null ? {} : { label: row.label }),
    clientId: row.client_id,
    clientMode: row.client_mode,
    lastRole: row.last_role,
    ...(row.remote_ip === null ? {} : { remoteIp: row.remote_ip }),
    approvedVia: row.approved_via,
    createdAt: row.created_at,
    approvedAt: row.approved_at,
    ...(row.last_seen_at === null ? {} : { lastSeenAt: row.last_seen_at }),
    grants: grants.map(toGrant),
  };
}

function toGrant(row: GrantRow): DeviceGrant {
  return {
    role: row.role,
    approvedScopes: JSON.parse(row.approved_scopes) as string[],
    scopes: JSON.parse(row.scopes) as string[],
    salt: row.salt,
    createdAt: row.created_at,
    ...(row.rotated_at === null ? {} : { rotatedAt: row.rotated_at }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  };
}

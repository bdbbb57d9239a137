import type { PairedDevice, PendingDevice } from "@openclaw/protocol";

import { approvedOf, type Device, type PairingRequest } from "./device.ts";

/** A request in the form of the wire. */
export function pendingView({ requestId, claim, role, scopes, isRepair, createdAt }: PairingRequest): PendingDevice {
  const { displayName, platform, deviceFamily, remoteIp } = claim;
  return {
    requestId,
    deviceId: claim.deviceId,
    publicKey: claim.publicKey,
    ...(displayName === undefined ? {} : { displayName }),
    ...(platform === undefined ? {} : { platform }),
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
    clientId: claim.clientId,
    clientMode: claim.clientMode,
    role,
    roles: [role],
    scopes: [...scopes],
    ...(remoteIp === undefined ? {} : { remoteIp }),
    silent: false,
    isRepair,
    ts: createdAt,
  };
}

/** A paired device in the form of the wire; the values of its tokens are never part of it. */
export function pairedView(device: Device, connected: boolean): PairedDevice {
  const { label, displayName, platform, deviceFamily, remoteIp, lastSeenAt } = device;
  const name = label ?? displayName;
  const { roles, scopes } = approvedOf(device);
  return {
    deviceId: device.deviceId,
    publicKey: device.publicKey,
    ...(name === undefined ? {} : { displayName: name }),
    ...(platform === undefined ? {} : { platform }),
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
    clientId: device.clientId,
    clientMode: device.clientMode,
    role: device.lastRole,
    roles: [...roles],
    scopes: [...scopes],
    ...(remoteIp === undefined ? {} : { remoteIp }),
    approvedVia: device.approvedVia,
    createdAtMs: device.createdAt,
    approvedAtMs: device.approvedAt,
    ...(lastSeenAt === undefined ? {} : { lastSeenAtMs: lastSeenAt }),
    connected,
    tokens: device.grants.map((grant) => ({
      role: grant.role,
      scopes: [...grant.scopes],
      createdAtMs: grant.createdAt,
      ...(grant.rotatedAt === undefined ? {} : { rotatedAtMs: grant.rotatedAt }),
      ...(grant.revokedAt === undefined ? {} : { revokedAtMs: grant.revokedAt }),
      ...(grant.lastUsedAt === undefined ? {} : { lastUsedAtMs: grant.lastUsedAt }),
    })),
  };
}

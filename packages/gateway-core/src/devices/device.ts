import type { Role } from "@openclaw/protocol";

/** What a device says of itself when it connects. Its key was proven; the rest is its word. */
export interface DeviceClaim {
  readonly deviceId: string;
  /** Base64url of the raw 32 bytes. */
  readonly publicKey: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly displayName?: string;
  readonly platform?: string;
  readonly deviceFamily?: string;
  /** Absent for a device on this machine. */
  readonly remoteIp?: string;
  /** What limits count together. */
  readonly network: string;
}

/** A device at the door, after its key and its credential were found to be right. */
export interface Arrival {
  readonly claim: DeviceClaim;
  readonly role: Role;
  /** What the connection is to have. */
  readonly scopes: readonly string[];
  /** `shared`: it knows the gateway's secret; `token`: it has a token of its own, which carries the scopes. */
  readonly credential: "shared" | "token";
  /** True when it may be approved without asking: it is on this machine and knows the gateway's secret. */
  readonly isSilent: boolean;
  /** True when a platform other than the approved one has to be approved again. */
  readonly pinsPlatform: boolean;
}

/** A device's own token, and what it carries. */
export interface IssuedToken {
  readonly token: string;
  readonly scopes: readonly string[];
  readonly issuedAtMs: number;
}

/** Why a device has to be approved. Source: wire facts 9.6. */
export type PairingReason = "not-paired" | "role-upgrade" | "scope-upgrade" | "metadata-upgrade";

export interface PairingNeeded {
  readonly reason: PairingReason;
  readonly requestId: string;
  readonly deviceId: string;
  readonly role: Role;
  readonly scopes: readonly string[];
  /** What the device has already; undefined for one that has nothing. */
  readonly approved?: { readonly roles: readonly Role[]; readonly scopes: readonly string[] };
}

export type Admission =
  | { readonly ok: true; readonly issued: IssuedToken }
  | { readonly ok: false; readonly needed: PairingNeeded };

/** What a device may do in one role. */
export interface DeviceGrant {
  readonly role: Role;
  readonly approvedScopes: readonly string[];
  /** What the present token carries: all that was approved, or less. */
  readonly scopes: readonly string[];
  readonly salt: string;
  readonly createdAt: number;
  readonly rotatedAt?: number;
  readonly revokedAt?: number;
  readonly lastUsedAt?: number;
}

export interface Device {
  readonly deviceId: string;
  readonly publicKey: string;
  readonly platform?: string;
  readonly deviceFamily?: string;
  readonly displayName?: string;
  readonly label?: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly lastRole: Role;
  readonly remoteIp?: string;
  readonly approvedVia: "owner" | "silent";
  readonly createdAt: number;
  readonly approvedAt: number;
  readonly lastSeenAt?: number;
  readonly grants: readonly DeviceGrant[];
}

/** A device that asks to be approved, for exactly one role and these scopes. */
export interface PairingRequest {
  readonly requestId: string;
  readonly claim: DeviceClaim;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly isRepair: boolean;
  readonly createdAt: number;
}

/** A paired device as it would introduce itself. */
export function claimOf(device: Device, network: string): DeviceClaim {
  const { deviceId, publicKey, clientId, clientMode, displayName, platform, deviceFamily, remoteIp } = device;
  return {
    deviceId,
    publicKey,
    clientId,
    clientMode,
    ...(displayName === undefined ? {} : { displayName }),
    ...(platform === undefined ? {} : { platform }),
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
    ...(remoteIp === undefined ? {} : { remoteIp }),
    network,
  };
}

/** The grant of a role, unless it was revoked. */
export function liveGrant(device: Device | undefined, role: string): DeviceGrant | undefined {
  return device?.grants.find((grant) => grant.role === role && grant.revokedAt === undefined);
}

export function approvedOf(device: Device): { readonly roles: readonly Role[]; readonly scopes: readonly string[] } {
  const live = device.grants.filter((grant) => grant.revokedAt === undefined);
  return { roles: live.map(({ role }) => role), scopes: [...new Set(live.flatMap((grant) => grant.approvedScopes))] };
}

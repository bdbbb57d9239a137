import type { Role } from "@openclaw/protocol";

/** A device at the door, after its key and its credential were found to be right. */
export interface DeviceArrival {
  readonly claim: {
    readonly deviceId: string;
    /** Base64url of the raw 32 bytes. */
    readonly publicKey: string;
    readonly clientId: string;
    readonly clientMode: string;
    readonly displayName?: string;
    readonly platform?: string;
    readonly deviceFamily?: string;
    readonly remoteIp?: string;
    readonly network: string;
  };
  readonly role: Role;
  /** What the connection is to have. */
  readonly scopes: readonly string[];
  readonly credential: "shared" | "token";
  /** True when it may be approved without asking. */
  readonly isSilent: boolean;
  /** True when a platform other than the approved one has to be approved again. */
  readonly pinsPlatform: boolean;
}

/** A token of the device's own, and the most a connection with it may have. */
export interface IssuedToken {
  readonly token: string;
  readonly scopes: readonly string[];
  readonly issuedAtMs: number;
}

/** What somebody has to approve before the device comes in. */
export interface PairingNeeded {
  readonly reason: "not-paired" | "role-upgrade" | "scope-upgrade" | "metadata-upgrade";
  readonly requestId: string;
  readonly deviceId: string;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly approved?: { readonly roles: readonly Role[]; readonly scopes: readonly string[] };
}

export type DeviceAdmission =
  | { readonly ok: true; readonly issued: IssuedToken }
  | { readonly ok: false; readonly needed: PairingNeeded };

/** One device's attempt to come in, in one role. */
export interface DeviceVisit {
  /** The token it has for that role; undefined when it has none. */
  readonly issued: IssuedToken | undefined;
  /** Decides whether it comes in. Throws GatewayError when that can not be decided now. */
  admit(arrival: DeviceArrival): Promise<DeviceAdmission>;
}

/** Knows devices. */
export interface DeviceGate {
  approach(deviceId: string, role: Role): Promise<DeviceVisit>;
}

import type { Dialect, Role } from "@openclaw/protocol";

import type { ClientDescription, NodeClaims } from "../ports.ts";

/** Who makes a call. Everything here was established by the handshake, nothing is the caller's own claim of rights. */
export interface Caller {
  readonly connectionId: string;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly dialect: Dialect;
  readonly client: ClientDescription;
  readonly caps: readonly string[];
  readonly claims?: NodeClaims;
  readonly deviceId?: string;
  readonly remoteAddress: string;
}

/** Where a connection comes from. It gives no rights; it is what limits and logs go by. */
export interface Peer {
  readonly address: string;
  /** What limits count together: the address, or its /64 for IPv6. */
  readonly network: string;
  readonly isLoopback: boolean;
  /** Who it is in the tailnet, where the Tailscale of this machine has confirmed that. */
  readonly tailscaleLogin?: string;
  /** The page that opened the connection, when a browser did. */
  readonly origin?: string;
}

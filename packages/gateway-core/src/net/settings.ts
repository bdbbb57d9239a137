import type { TailscaleSettings } from "./tailscale.ts";
import type { TlsSettings } from "./tls/certificate.ts";

/** Where the gateway listens and what it takes from the network. Sizes in bytes, times in milliseconds. */
export interface NetSettings {
  /** The address to bind, for example 127.0.0.1. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Web origins, besides those of this machine, whose pages may open the WebSocket. */
  readonly allowedOrigins: readonly string[];
  /** Addresses or CIDR ranges of reverse proxies whose forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Who lets people of the tailnet in without a credential; without it nobody. */
  readonly tailscale?: TailscaleSettings | undefined;
  /** Without it the port speaks plain HTTP and WebSocket. */
  readonly tls?: TlsSettings | undefined;
  readonly limits: NetLimits;
}

export interface NetLimits {
  /** TCP connections, HTTP and WebSocket together. */
  readonly maxSockets: number;
  /** The largest WebSocket message after the handshake; policy.maxPayload. */
  readonly maxPayloadBytes: number;
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  /** From the connection, or the end of the request before, to the end of the headers. */
  readonly headersTimeoutMs: number;
  /** To the end of the body. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
}

export const NET_LIMITS: NetLimits = {
  maxSockets: 2_048,
  maxPayloadBytes: 26_214_400,
  maxBodyBytes: 1_048_576,
  maxHeaderBytes: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 10_000,
};

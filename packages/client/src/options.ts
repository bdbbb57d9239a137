import { MINIMUM_PROTOCOL_VERSION, PROTOCOL_VERSION, type Role } from "@openclaw/protocol";

import type { Device } from "./device/device.ts";
import { ClientError } from "./errors.ts";
import { exponentialBackoff, type ReconnectPolicy } from "./reconnect-policy.ts";

/** Who connects, to which gateway, with what rights. */
export interface ClientOptions {
  /** `ws://` or `wss://`, for example `ws://127.0.0.1:18789`. */
  readonly url: string;
  /**
   * SHA-256 of the certificate that a `wss://` gateway must show, in hexadecimal digits, with colons or without. It
   * takes the place of authorities, names and dates. Node only: browsers do not let a page look at certificates.
   */
  readonly tlsFingerprint?: string;
  /** The gateway's shared token (`gateway.auth.token`). */
  readonly token?: string;
  /** The gateway's password, where it uses one (`gateway.auth.password`). */
  readonly password?: string;
  /**
   * Who this client is by a key of its own, from `openDevice`. The gateway may have to approve it once; it then gives
   * the device a token, which is kept in it and shown when no other secret is given or the given one is wrong.
   */
  readonly device?: Device;
  readonly client: {
    /** Which program; a program of your own says `gateway-client`. */
    readonly id: string;
    /** What it is doing: `backend`, `cli`, `ui`, `webchat`, `node`, `probe` … */
    readonly mode: string;
    readonly version: string;
    readonly platform: string;
    readonly displayName?: string;
    /** The same across reconnects and restarts, so that presence shows one row. */
    readonly instanceId?: string;
    readonly deviceFamily?: string;
  };
  /** Default `operator`. */
  readonly role?: Role;
  /** What this connection may do. Default for operators: `operator.read` and `operator.write`. */
  readonly scopes?: readonly string[];
  readonly caps?: readonly string[];
  /** What a node offers to do. The gateway decides what of it counts. */
  readonly offer?: {
    readonly commands: readonly string[];
    /** Rights that the device's owner gave or refused, by name. */
    readonly permissions?: Readonly<Record<string, boolean>>;
    /** The node's PATH, for gateways that look for programs on it. */
    readonly pathEnv?: string;
  };
  /** The range of wire protocols to offer. Default: all this package speaks, 3 to 4; the gateway takes the highest it speaks. */
  readonly protocol?: { readonly minimum: number; readonly maximum: number };
  /** For one attempt, from the first packet to `hello-ok`, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** For one answer, in milliseconds. Default 30 000. */
  readonly requestTimeoutMs?: number;
  /** What to do when the connection is lost. Default: exponential backoff for ever. `false` closes the client. */
  readonly reconnect?: false | ReconnectPolicy;
  /** Fetch `health` and `system-presence` when events were missed. Default true. */
  readonly refreshOnGap?: boolean;
  /**
   * After a lost connection, ask a gateway that offers it for exactly the events that were missed. Default true. Nodes
   * never do: what they get is addressed to them.
   */
  readonly resume?: boolean;
  /** A BCP 47 language tag, such as `en-GB`. */
  readonly locale?: string;
  readonly userAgent?: string;
}

/** The options with every default filled in and every value checked. */
export interface ResolvedOptions extends Omit<ClientOptions, "reconnect" | "scopes"> {
  readonly role: Role;
  readonly scopes: readonly string[] | undefined;
  readonly protocol: { readonly minimum: number; readonly maximum: number };
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly reconnect: ReconnectPolicy | undefined;
  readonly refreshOnGap: boolean;
  readonly resume: boolean;
}

/** The longest wait a timer can hold, in milliseconds: about 24 days. */
const LONGEST_TIMER_MS = 2_147_483_647;
const DEFAULT_PROTOCOL = { minimum: MINIMUM_PROTOCOL_VERSION, maximum: PROTOCOL_VERSION };
const OPERATOR_SCOPES = ["operator.read", "operator.write"] as const;

export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const { role = "operator", protocol = DEFAULT_PROTOCOL, reconnect } = options;
  if (protocol.minimum > protocol.maximum) {
    throw invalid(`protocol.minimum ${protocol.minimum} is above protocol.maximum ${protocol.maximum}`);
  }
  return {
    ...options,
    url: checkedUrl(options.url),
    ...(options.tlsFingerprint === undefined ? {} : { tlsFingerprint: checkedFingerprint(options) }),
    role,
    scopes: options.scopes ?? (role === "operator" ? OPERATOR_SCOPES : undefined),
    protocol,
    connectTimeoutMs: checkedDuration("connectTimeoutMs", options.connectTimeoutMs ?? 10_000),
    requestTimeoutMs: checkedDuration("requestTimeoutMs", options.requestTimeoutMs ?? 30_000),
    reconnect: reconnect === false ? undefined : (reconnect ?? exponentialBackoff()),
    refreshOnGap: options.refreshOnGap ?? true,
    resume: (options.resume ?? true) && role === "operator",
  };
}

/** A number of milliseconds that a timer can wait. */
export function checkedDuration(name: string, value: number): number {
  if (Number.isNaN(value) || value <= 0) throw invalid(`${name} is ${value}; expected milliseconds above 0`);
  return Math.min(value, LONGEST_TIMER_MS);
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "ws:" && url.protocol !== "wss:")) {
    throw invalid("url must be a WebSocket address such as ws://127.0.0.1:18789 or wss://gateway.example");
  }
  // A fragment never reaches a server, and WebSocket refuses it; dashboard addresses carry their token there.
  url.hash = "";
  return url.href;
}

/** A pin that is silently not looked at would be worse than none. */
function checkedFingerprint({ url, tlsFingerprint = "" }: ClientOptions): string {
  if (!/^wss:/i.test(url)) throw invalid("tlsFingerprint needs a wss:// address: ws:// shows no certificate");
  const digits = tlsFingerprint
    .trim()
    .replace(/^sha-?256[:=/]?/i, "")
    .replaceAll(/[\s:]/g, "");
  if (!/^[0-9a-f]{64}$/i.test(digits)) {
    throw invalid("tlsFingerprint is not a SHA-256 fingerprint, which has 64 hexadecimal digits");
  }
  return digits.toUpperCase();
}

function invalid(reason: string): ClientError {
  return new ClientError("INVALID_REQUEST", `The client's options are wrong: ${reason}.`);
}

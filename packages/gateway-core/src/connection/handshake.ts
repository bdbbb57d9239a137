import {
  type ConnectParams,
  type Dialect,
  type ErrorShape,
  MINIMUM_PROTOCOL_VERSION,
  negotiateVersion,
  PROTOCOL_VERSION,
  type RequestFrame,
  type Role,
} from "@openclaw/protocol";
import { formatValidationErrors, validateConnectParams } from "@openclaw/protocol/validators";

import type { AuthDecision, Authenticator } from "./auth.ts";
import type { Caller, Peer } from "./caller.ts";
import { type DeviceKeys, verifyDevice } from "./device-proof.ts";
import { authError, authFailureOf, deviceError, identityRequiredError } from "./dialect.ts";

const POLICY_VIOLATION = 1008;
const PROTOCOL_ERROR = 1002;
const TRY_AGAIN_LATER = 1013;
const STARTING_RETRY_MS = 500;

export interface HandshakeAttempt {
  readonly connectionId: string;
  readonly frame: RequestFrame;
  /** Of this socket's challenge. */
  readonly nonce: string;
  readonly peer: Peer;
}

export interface HandshakeDependencies {
  readonly authenticator: Pick<Authenticator, "authenticate">;
  readonly deviceKeys: DeviceKeys;
  readonly now: () => number;
  /** False while the gateway is still coming up. */
  readonly isReady: () => boolean;
}

export type HandshakeOutcome =
  | { readonly ok: true; readonly caller: Caller; readonly authMethod: string }
  | { readonly ok: false; readonly error: ErrorShape; readonly closeCode: number; readonly closeReason: string };

/**
 * Decides about the first request. The order of the checks is part of the contract: each failure is told only to
 * those who passed the ones before. Source: R5.1, R5.2, wire facts 3.5.
 */
export function shakeHands(attempt: HandshakeAttempt, dependencies: HandshakeDependencies): HandshakeOutcome {
  const { frame } = attempt;
  if (frame.method !== "connect") return refuse(invalid("invalid handshake: first request must be connect"));
  const params: unknown = frame.params;
  if (!validateConnectParams(params)) {
    return refuse(invalid(`invalid connect params: ${formatValidationErrors(validateConnectParams.errors)}`));
  }
  const dialect = negotiateVersion(params.minProtocol, params.maxProtocol);
  if (dialect === undefined) return refuse(versionError(params), PROTOCOL_ERROR);
  const role = roleOf(params.role);
  if (role === undefined) return refuse(invalid("invalid role"));
  if (!dependencies.isReady()) return refuse(startingError(), TRY_AGAIN_LATER, "gateway starting");
  return identify({ ...attempt, params, dialect, role }, dependencies);
}

interface Negotiated extends HandshakeAttempt {
  readonly params: ConnectParams;
  readonly dialect: Dialect;
  readonly role: Role;
}

/** Device proof, then credential. */
function identify(
  attempt: Negotiated,
  { authenticator, deviceKeys: keys, now }: HandshakeDependencies,
): HandshakeOutcome {
  const { params, dialect, role, nonce, peer } = attempt;
  const { device, auth } = params;
  if (device && device.nonce === undefined && dialect === 4) {
    return refuse(invalid("invalid connect params: at /device: must have required property 'nonce'"));
  }
  const credentials = [auth?.token, auth?.password, auth?.deviceToken, auth?.bootstrapToken];
  const isAnonymous = !device && credentials.every((credential) => credential === undefined || credential === "");
  if (isAnonymous) return refuse(identityRequiredError(dialect));
  if (device) {
    const verdict = verifyDevice({ params, device, nonce, now: now(), dialect, isLoopback: peer.isLoopback, keys });
    if (!verdict.ok) return refuse(deviceError(dialect, verdict.failure));
  }
  const decision = authenticator.authenticate(credentials, peer);
  if (!decision.ok) return refuseCredential(attempt, decision);
  if (role === "node" && !device && dialect === 4) return refuse(identityRequiredError(dialect));
  return { ok: true, caller: callerOf(attempt), authMethod: decision.method };
}

function refuseCredential(
  { dialect, params }: Negotiated,
  decision: Extract<AuthDecision, { ok: false }>,
): HandshakeOutcome {
  return refuse(authError(dialect, authFailureOf(dialect, decision, params), params));
}

function callerOf({ connectionId, params, dialect, role, peer }: Negotiated): Caller {
  const { id, mode, version, platform, displayName, deviceFamily, modelIdentifier, instanceId } = params.client;
  return {
    connectionId,
    role,
    scopes: grantScopes(role, dialect, params.scopes ?? []),
    dialect,
    client: {
      id,
      mode,
      version,
      platform,
      ...(displayName === undefined ? {} : { displayName }),
      ...(deviceFamily === undefined ? {} : { deviceFamily }),
      ...(modelIdentifier === undefined ? {} : { modelIdentifier }),
      ...(instanceId === undefined ? {} : { instanceId }),
    },
    caps: params.caps ?? [],
    ...(role === "node" ? { claims: claimsOf(params) } : {}),
    ...(params.device === undefined ? {} : { deviceId: params.device.id }),
    remoteAddress: peer.address,
  };
}

function claimsOf({ commands = [], permissions = {}, pathEnv }: ConnectParams): NonNullable<Caller["claims"]> {
  return { commands, permissions, ...(pathEnv === undefined ? {} : { pathEnv }) };
}

/**
 * The shared secret carries every scope, so its holder gets what it asks for. Clients of protocol 3 that ask for
 * nothing expect everything; those of protocol 4 expect nothing. Nodes have no scopes. Source: wire facts 5.8.
 */
function grantScopes(role: Role, dialect: Dialect, requested: readonly string[]): readonly string[] {
  if (role === "node") return [];
  return requested.length === 0 && dialect === 3 ? ["operator.admin"] : requested;
}

function roleOf(role: string | undefined): Role | undefined {
  if (role === undefined || role === "operator") return "operator";
  return role === "node" ? "node" : undefined;
}

function invalid(message: string): ErrorShape {
  return { code: "INVALID_REQUEST", message };
}

function versionError({ minProtocol, maxProtocol }: ConnectParams): ErrorShape {
  return {
    code: "INVALID_REQUEST",
    message: "protocol mismatch",
    details: {
      code: "PROTOCOL_MISMATCH",
      clientMinProtocol: minProtocol,
      clientMaxProtocol: maxProtocol,
      expectedProtocol: PROTOCOL_VERSION,
      minimumProtocol: MINIMUM_PROTOCOL_VERSION,
      minimumProbeProtocol: MINIMUM_PROTOCOL_VERSION,
    },
  };
}

function startingError(): ErrorShape {
  return {
    code: "UNAVAILABLE",
    message: "gateway starting; retry shortly",
    details: { reason: "startup-sidecars" },
    retryable: true,
    retryAfterMs: STARTING_RETRY_MS,
  };
}

function refuse(error: ErrorShape, closeCode = POLICY_VIOLATION, closeReason = error.message): HandshakeOutcome {
  return { ok: false, error, closeCode, closeReason };
}

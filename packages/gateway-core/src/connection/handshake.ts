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

import { GatewayError, toErrorShape } from "../errors.ts";
import type { AuthDecision, Authenticator, AuthMethod } from "./auth.ts";
import type { Caller, Peer } from "./caller.ts";
import { browserDeviceError, type BrowserAppProof, isBrowserApp } from "./device/browser-app.ts";
import type { DeviceGate, DeviceVisit, IssuedToken } from "./device/device-gate.ts";
import { type DeviceKeys, verifyDevice } from "./device/device-proof.ts";
import { authError, authFailureOf, BROWSER_CLIENTS, deviceError, identityRequiredError } from "./dialect.ts";
import { scopesOfSecret, scopesOfToken } from "./granted-scopes.ts";
import { pairingRefusal, scopeMismatchError } from "./device/pairing-errors.ts";

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
  readonly devices: DeviceGate;
  readonly browserApp: BrowserAppProof;
  readonly now: () => number;
  /** False while the gateway is still coming up. */
  readonly isReady: () => boolean;
  /** Told of a failure inside. */
  readonly onError: (error: unknown) => void;
}

export type HandshakeOutcome =
  | {
      readonly ok: true;
      readonly caller: Caller;
      readonly authMethod: AuthMethod;
      /** For a device: what it may show next time in place of the gateway's secret. */
      readonly issued?: IssuedToken;
    }
  | { readonly ok: false; readonly error: ErrorShape; readonly closeCode: number; readonly closeReason: string };

/**
 * Decides about the first request. The order of the checks is part of the contract: each failure is told only to
 * those who passed the ones before. Answers at once, unless a device has to be looked up. Never rejects.
 * Source: R5.1, R5.2, wire facts 3.5.
 */
export function shakeHands(
  attempt: HandshakeAttempt,
  dependencies: HandshakeDependencies,
): HandshakeOutcome | Promise<HandshakeOutcome> {
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

/** Device proof, then credential, then pairing. */
function identify(
  attempt: Negotiated,
  dependencies: HandshakeDependencies,
): HandshakeOutcome | Promise<HandshakeOutcome> {
  const { params, dialect, role, nonce, peer } = attempt;
  const { authenticator, deviceKeys: keys, now, onError } = dependencies;
  const { device } = params;
  if (device && device.nonce === undefined && dialect === 4) {
    return refuse(invalid("invalid connect params: at /device: must have required property 'nonce'"));
  }
  const credentials = credentialsOf(params);
  const isAnonymous =
    !device &&
    peer.tailscaleLogin === undefined &&
    credentials.every((credential) => credential === undefined || credential === "");
  if (isAnonymous) return refuse(identityRequiredError(dialect));
  if (!device) {
    const decision = authenticator.authenticate(credentials, peer);
    if (!decision.ok) return refuseCredential(attempt, decision);
    if (role === "node" && dialect === 4) return refuse(identityRequiredError(dialect));
    if (isBrowserApp(params) && dependencies.browserApp === "device") return refuse(browserDeviceError(dialect));
    return letIn(attempt, decision.method, scopesOfSecret(role, dialect, params.scopes ?? []));
  }
  const verdict = verifyDevice({ params, device, nonce, now: now(), dialect, isLoopback: peer.isLoopback, keys });
  if (!verdict.ok) {
    if (!isUnchecked(params, dependencies)) return refuse(deviceError(dialect, verdict.failure));
    // Of a key that is not proven nothing may be left, its name least of all.
    const { device: _unproven, ...rest } = params;
    return identify({ ...attempt, params: rest }, dependencies);
  }
  return admitDevice({ ...attempt, ...verdict }, dependencies).catch((error: unknown) => {
    if (!(error instanceof GatewayError)) onError(error);
    return refuse(toErrorShape(error));
  });
}

interface Proven extends Negotiated {
  readonly deviceId: string;
  readonly publicKey: string;
}

async function admitDevice(attempt: Proven, dependencies: HandshakeDependencies): Promise<HandshakeOutcome> {
  const { devices, authenticator } = dependencies;
  const { params, dialect, role, peer, deviceId } = attempt;
  const visit = await devices.approach(deviceId, role);
  const proven = { deviceId, role, token: visit.issued?.token };
  const decision = authenticator.authenticate(credentialsOf(params), peer, proven);
  if (!decision.ok) return refuseCredential(attempt, decision);
  const { method } = decision;
  const scopes = grantedScopes(attempt, method, visit);
  if (!scopes) return refuse(scopeMismatchError(dialect, params));
  if (method !== "device-token" && isLocalLibrary(attempt)) return letIn(attempt, method, scopes);
  const admission = await visit.admit({
    claim: claimOf(attempt),
    role,
    scopes,
    credential: method === "device-token" ? "token" : "shared",
    isSilent: method !== "device-token" && (isLocalProgram(attempt) || isUnchecked(params, dependencies)),
    pinsPlatform: dialect === 4,
  });
  if (admission.ok) return { ...letIn(attempt, method, scopes), issued: admission.issued };
  const { error, closeReason } = pairingRefusal(dialect, admission.needed);
  return refuse(error, POLICY_VIOLATION, closeReason);
}

function grantedScopes(
  { role, dialect, params }: Negotiated,
  method: AuthMethod,
  { issued }: DeviceVisit,
): readonly string[] | undefined {
  const requested = params.scopes ?? [];
  if (method !== "device-token") return scopesOfSecret(role, dialect, requested);
  return scopesOfToken(role, dialect, { requested, carried: issued?.scopes ?? [] });
}

function isUnchecked(params: ConnectParams, { browserApp }: HandshakeDependencies): boolean {
  return browserApp === "secret-alone" && isBrowserApp(params);
}

/** A library on this machine with the gateway's secret needs no pairing, key or not. Source: wire facts 8.11. */
function isLocalLibrary({ dialect, role, params: { client }, peer }: Negotiated): boolean {
  const isLibrary = client.id === "gateway-client" && client.mode === "backend";
  return isLibrary && dialect === 4 && role === "operator" && peer.isLoopback;
}

/**
 * Whoever knows the gateway's secret on this machine is not asked to pair, unless a web page says that it is a
 * program. Being on this machine counts for nothing without the secret. Source: F24, F26, wire facts 9.1 and 10.3.
 */
function isLocalProgram({ dialect, params: { client }, peer }: Negotiated): boolean {
  const isDisguisedPage = dialect === 4 && peer.origin !== undefined && !BROWSER_CLIENTS.has(client.id);
  return peer.isLoopback && !isDisguisedPage;
}

function credentialsOf({ auth }: ConnectParams): readonly (string | undefined)[] {
  return [auth?.token, auth?.password, auth?.deviceToken, auth?.bootstrapToken];
}

function claimOf({ params: { client }, peer, deviceId, publicKey }: Proven) {
  const { displayName, platform, deviceFamily } = client;
  return {
    deviceId,
    publicKey,
    clientId: client.id,
    clientMode: client.mode,
    ...(displayName === undefined ? {} : { displayName }),
    platform,
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
    ...(peer.isLoopback ? {} : { remoteIp: peer.address }),
    network: peer.network,
  };
}

function letIn(attempt: Negotiated, authMethod: AuthMethod, scopes: readonly string[]) {
  return { ok: true, caller: callerOf(attempt, scopes), authMethod } as const;
}

function refuseCredential(
  { dialect, params }: Negotiated,
  decision: Extract<AuthDecision, { ok: false }>,
): HandshakeOutcome {
  return refuse(authError(dialect, authFailureOf(dialect, decision, params), params));
}

function callerOf({ connectionId, params, dialect, role, peer }: Negotiated, scopes: readonly string[]): Caller {
  const { id, mode, version, platform, displayName, deviceFamily, modelIdentifier, instanceId } = params.client;
  return {
    connectionId,
    role,
    scopes,
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

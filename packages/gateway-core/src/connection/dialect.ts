/**
 * The core speaks one language; this is where it becomes protocol 3 or 4. Everything else that differs between them
 * is a superset that clients of both read.
 */
import type { ConnectParams, Dialect, ErrorShape, HelloOk } from "@openclaw/protocol";

import type { AuthFailure } from "./auth.ts";
import type { Caller } from "./caller.ts";
import type { IssuedToken } from "./device/device-gate.ts";
import type { DeviceFailure } from "./device/device-proof.ts";

/** An error as clients of a dialect know it: protocol 3 has no FORBIDDEN and no details about scopes. */
export function toDialectError(dialect: Dialect, error: ErrorShape): ErrorShape {
  if (dialect === 4 || error.code !== "FORBIDDEN") return error;
  return { code: "INVALID_REQUEST", message: error.message };
}

/** The payload of an event as clients of a dialect know it. Answers the same object where nothing differs. */
export function toDialectPayload(dialect: Dialect, event: string, payload: unknown): unknown {
  if (dialect === 4 || event !== "shutdown") return payload;
  return { restartExpectedMs: null, ...(payload as object) };
}

/** What the connection learned when it was let in. */
export interface Welcome {
  readonly protocol: Dialect;
  readonly server: { readonly version: string; readonly host: string; readonly bootId: string };
  readonly methods: readonly string[];
  readonly events: readonly string[];
  readonly snapshot: HelloOk["snapshot"];
  readonly policy: HelloOk["policy"];
  readonly authMethod: string;
  /** For a device: its own token. */
  readonly issued: IssuedToken | undefined;
  readonly caller: Caller;
  readonly resume: HelloOk["resume"];
}

/** Paths and the way of authentication are for administrators. Source: wire facts 7.1 to 7.9. */
export function toHelloOk(welcome: Welcome): HelloOk {
  const { protocol, server, caller } = welcome;
  const { configPath, stateDir, authMode, suspension, appliedConfigHash, ...snapshot } = welcome.snapshot;
  const isAdministrator = caller.role === "operator" && caller.scopes.includes("operator.admin");
  return {
    type: "hello-ok",
    protocol,
    server: { version: server.version, host: server.host, connId: caller.connectionId, bootId: server.bootId },
    features: { methods: welcome.methods, events: welcome.events, ...(protocol === 4 ? { capabilities: [] } : {}) },
    snapshot: {
      ...snapshot,
      ...(protocol === 4 && suspension !== undefined ? { suspension } : {}),
      ...(protocol === 4 && appliedConfigHash !== undefined ? { appliedConfigHash } : {}),
      ...(isAdministrator && configPath !== undefined ? { configPath } : {}),
      ...(isAdministrator && stateDir !== undefined ? { stateDir } : {}),
      ...(isAdministrator && authMode !== undefined && protocol === 4 ? { authMode } : {}),
    },
    ...helloAuth(welcome),
    policy: welcome.policy,
    ...(welcome.resume === undefined ? {} : { resume: welcome.resume }),
  };
}

/**
 * Clients of protocol 3 take an `auth` block for the delivery of a device token, and expect in it what the token
 * carries; those of protocol 4 expect what this connection has. Source: wire facts 7.4 and 7.9.
 */
function helloAuth({ protocol, authMethod, issued, caller }: Welcome): Pick<HelloOk, "auth"> {
  const { role } = caller;
  const delivery = issued ? { deviceToken: issued.token, issuedAtMs: issued.issuedAtMs } : {};
  if (protocol === 4) return { auth: { method: authMethod, role, scopes: caller.scopes, ...delivery } };
  return issued ? { auth: { role, scopes: issued.scopes, ...delivery } } : {};
}

/** Source: wire facts 5.11 and 5.12. */
export function authError(dialect: Dialect, failure: AuthFailure, params: ConnectParams): ErrorShape {
  if (failure.reason === "rate-limited") {
    const seconds = Math.ceil(failure.retryAfterMs / 1_000);
    return {
      code: "INVALID_REQUEST",
      message: `unauthorized: too many wrong credentials from this address; try again in ${seconds} s`,
      details: {
        code: "AUTH_RATE_LIMITED",
        authReason: "rate_limited",
        canRetryWithDeviceToken: false,
        recommendedNextStep: "wait_then_retry",
      },
      retryable: true,
      retryAfterMs: failure.retryAfterMs,
    };
  }
  const { mode, reason } = failure;
  const message = `unauthorized: gateway ${mode} ${reason} (${authHint(dialect, mode, params)})`;
  if (dialect === 3) return { code: "INVALID_REQUEST", message };
  const canRetryWithDeviceToken =
    reason === "mismatch" && params.device !== undefined && params.auth?.token !== undefined;
  return {
    code: "INVALID_REQUEST",
    message,
    details: {
      code: `AUTH_${mode.toUpperCase()}_${reason.toUpperCase()}`,
      authReason: `${mode}_${reason}`,
      canRetryWithDeviceToken,
      recommendedNextStep: nextStep(reason, canRetryWithDeviceToken),
    },
  };
}

function nextStep(reason: "missing" | "mismatch", canRetryWithDeviceToken: boolean): string {
  if (reason === "missing") return "update_auth_configuration";
  return canRetryWithDeviceToken ? "retry_with_device_token" : "update_auth_credentials";
}

/**
 * Clients of protocol 3 tell "missing" from "mismatch" by the field of the gateway's own mode alone, although a right
 * secret is accepted in either. Source: wire facts 5.9.
 */
export function authFailureOf(dialect: Dialect, failure: AuthFailure, params: ConnectParams): AuthFailure {
  if (dialect === 4 || failure.reason !== "mismatch" || params.auth?.[failure.mode] !== undefined) return failure;
  return { reason: "missing", mode: failure.mode };
}

/** Programs that are web pages. */
export const BROWSER_CLIENTS: ReadonlySet<string> = new Set(["openclaw-control-ui", "webchat", "webchat-ui"]);

function authHint(dialect: Dialect, mode: "token" | "password", { client }: ConnectParams): string {
  const isNew = dialect === 4;
  if (mode === "password") {
    if (isNew) return "use this gateway's gateway.auth.password";
    return "set gateway.remote.password to match gateway.auth.password";
  }
  if (client.id === "cli" && client.mode === "cli") {
    if (isNew) return "use this gateway's gateway.auth.token or pair the device";
    return "set gateway.remote.token to match gateway.auth.token";
  }
  if (!BROWSER_CLIENTS.has(client.id)) return "provide gateway auth token";
  if (isNew) return "open the dashboard URL and paste the token in Control UI settings";
  return "open a tokenized dashboard URL or paste token in Control UI settings";
}

const DEVICE_FAILURES: Record<DeviceFailure, { message: string; code: string; reason: string }> = {
  identity: {
    message: "device identity mismatch",
    code: "DEVICE_AUTH_DEVICE_ID_MISMATCH",
    reason: "device-id-mismatch",
  },
  expired: {
    message: "device signature expired",
    code: "DEVICE_AUTH_SIGNATURE_EXPIRED",
    reason: "device-signature-stale",
  },
  nonce: { message: "device nonce mismatch", code: "DEVICE_AUTH_NONCE_MISMATCH", reason: "device-nonce-mismatch" },
  signature: { message: "device signature invalid", code: "DEVICE_AUTH_SIGNATURE_INVALID", reason: "device-signature" },
};

/** Source: wire facts 8.8. */
export function deviceError(dialect: Dialect, failure: DeviceFailure): ErrorShape {
  const { message, code, reason } = DEVICE_FAILURES[failure];
  return { code: "INVALID_REQUEST", message, ...(dialect === 4 ? { details: { code, reason } } : {}) };
}

/** Neither a device nor any credential was shown. Source: wire facts 5.13. */
export function identityRequiredError(dialect: Dialect): ErrorShape {
  const details = { code: "DEVICE_IDENTITY_REQUIRED" };
  return { code: "NOT_PAIRED", message: "device identity required", ...(dialect === 4 ? { details } : {}) };
}

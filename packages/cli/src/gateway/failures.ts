import { type ClientError } from "@openclaw/client";
import { ERROR_CODES } from "@openclaw/protocol";

import { CliError } from "../errors.ts";
import { isRecord } from "../records.ts";
import type { Target } from "./target.ts";

/** What the person who reads the error needs to know beyond the error itself. */
export interface FailureContext {
  readonly target: Target;
  /** How to run another command against the same gateway. */
  readonly self: string;
}

const LISTS = [
  ["cron.", "cron list"],
  ["device.", "devices list"],
  ["exec.approval.", "approvals pending"],
  ["node.pair.", "nodes pending"],
] as const;

/** Why connecting failed. Every refusal names the credential, where it came from and one command that mends it. */
export function connectFailure(error: ClientError, context: FailureContext, timedOut: boolean): CliError {
  const { target, self } = context;
  if (isCertificateProblem(error)) return certificateFailure(error, target);
  if (error.code === "CONNECT_FAILED" || error.code === "CLOSED" || error.code === "TIMEOUT") {
    return new CliError(
      timedOut ? "timeout" : "unreachable",
      `No gateway answers at ${target.url} (from ${target.urlSource}): ${reasonOf(error)}`,
      unreachableRemedy(target, self),
      { cause: error },
    );
  }
  if (isProtocolMismatch(error)) {
    return new CliError(
      "failure",
      `The gateway at ${target.url} and this openclaw speak different versions of the protocol: ${error.message}`,
      "Update the older of the two: npm install -g openclaw",
      { code: error.code, details: error.details, cause: error },
    );
  }
  if (error.code === "PROTOCOL") {
    return new CliError(
      "failure",
      `What answers at ${target.url} is no OpenClaw gateway: ${error.message}`,
      `See which address is used and why: ${self} gateway status`,
      { cause: error },
    );
  }
  if (error.code === "UNAVAILABLE") return callFailure(error, context, "connect");
  return refusal(error, context);
}

/** Why a call on a standing connection failed. */
export function callFailure(error: ClientError, { target, self }: FailureContext, method: string): CliError {
  const { code } = error;
  const options = { code, details: error.details, cause: error };
  if (code === "TIMEOUT") {
    return new CliError(
      "timeout",
      `The gateway at ${target.url} did not answer ${method} in time: ${error.message}`,
      `Give it longer with --timeout, or see what it is doing: ${self} logs`,
      options,
    );
  }
  if (code === "CLOSED" || code === "CONNECT_FAILED") {
    return new CliError(
      "unreachable",
      `The connection to ${target.url} was lost before ${method} was answered: ${error.message}`,
      `See whether the gateway is up again: ${self} gateway status`,
      options,
    );
  }
  if (code === "AGENT_TIMEOUT") return new CliError("timeout", error.message, remedyOf(code), options);
  if (code === "FORBIDDEN" || code === "NOT_PAIRED") {
    return new CliError("refused", `The gateway refused ${method}: ${error.message}`, remedyOf(code), options);
  }
  const list = error.message.startsWith("unknown ") ? listOf(method) : undefined;
  const remedy = list === undefined ? remedyOf(code) : `See which there are: ${self} ${list}`;
  return new CliError("failure", `${method} failed: ${error.message}`, remedy, options);
}

/** The command that lists what a method acts on. */
function listOf(method: string): string | undefined {
  return LISTS.find(([prefix]) => method.startsWith(prefix))?.[1];
}

function refusal(error: ClientError, { target }: FailureContext): CliError {
  const { credential } = target;
  const options = { code: error.code, details: error.details, cause: error };
  if (!isAuthFailure(error)) {
    return new CliError(
      "refused",
      `The gateway at ${target.url} refused the connection: ${error.message}`,
      remedyOf(error.code),
      options,
    );
  }
  if (credential === undefined) {
    return new CliError(
      "refused",
      `The gateway at ${target.url} wants a token or password, and none was found: not in --token, not in ` +
        `OPENCLAW_GATEWAY_TOKEN, not in gateway.auth of ${target.location.configPath}. It said: ${error.message}`,
      "Give it the one it was started with: OPENCLAW_GATEWAY_TOKEN=<token>, or --token <token>",
      options,
    );
  }
  return new CliError(
    "refused",
    `The gateway at ${target.url} refused the ${credential.kind} from ${credential.source}. It said: ${error.message}`,
    credentialRemedy(target),
    options,
  );
}

/** Someone in between, or a gateway that has a new certificate: only a person can tell. */
function certificateFailure(error: ClientError, { url, tlsFingerprint }: Target): CliError {
  const options = { code: error.code, details: error.details, cause: error };
  if (tlsFingerprint === undefined) {
    return new CliError(
      "refused",
      `The certificate at ${url} is not one that an authority vouches for: ${error.message}`,
      "On the gateway's machine, openclaw gateway status shows its fingerprint. Pass it: --tls-fingerprint <sha256>, or set gateway.remote.tlsFingerprint.",
      options,
    );
  }
  return new CliError(
    "refused",
    `What answers at ${url} may not be your gateway: ${error.message}`,
    "Nothing was sent. Compare with openclaw gateway status on the gateway's machine; if it has a new certificate, use that fingerprint.",
    options,
  );
}

function isCertificateProblem(error: ClientError): boolean {
  const cause = detailOf(error, "cause") ?? "";
  return (
    cause === "TLS_FINGERPRINT_MISMATCH" || /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/u.test(cause)
  );
}

function credentialRemedy({ credential, location }: Target): string {
  const configured = location.credential;
  if (credential?.origin === "flag") {
    return configured === undefined
      ? `Compare it with gateway.auth.${credential.kind} of the gateway's own configuration.`
      : `Leave ${credential.source} out to use ${configured.source}.`;
  }
  if (credential?.origin === "environment") {
    return `Run: unset ${credential.source}. Then the one in ${location.configPath} is used.`;
  }
  return (
    "The gateway runs with another one: it was started with --token or OPENCLAW_GATEWAY_TOKEN, or before the file was " +
    "changed. Restart it, or pass the one it was started with: --token <token>"
  );
}

function unreachableRemedy(target: Target, self: string): string {
  const local = target.location.mode !== "remote" && target.url === target.location.url;
  if (local) return `Start one: ${self} gateway`;
  return "Check the address, and that the gateway runs there and the SSH tunnel to it is open, if there is one.";
}

/** The client's sentence without what the surrounding one says already. */
function reasonOf(error: ClientError): string {
  return detailOf(error, "cause") === "ECONNREFUSED" ? "nothing listens there." : error.message;
}

function isProtocolMismatch(error: ClientError): boolean {
  return error.closeCode === 1002 || detailOf(error, "code") === "PROTOCOL_MISMATCH";
}

function isAuthFailure(error: ClientError): boolean {
  return detailOf(error, "code")?.startsWith("AUTH_") === true || error.message.startsWith("unauthorized");
}

function detailOf(error: ClientError, key: string): string | undefined {
  const value = isRecord(error.details) ? error.details[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

function remedyOf(code: string): string | undefined {
  const rows: Readonly<Record<string, { readonly remedy: string }>> = ERROR_CODES;
  return Object.hasOwn(rows, code) ? rows[code]?.remedy : undefined;
}

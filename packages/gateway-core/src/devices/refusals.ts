import { GatewayError } from "../errors.ts";
import { missingScopes } from "./scopes.ts";

/** Whose doing a change is. */
export interface Actor {
  readonly connectionId: string;
  readonly scopes: readonly string[];
}

/** Nobody gives what they do not have. The refusal is one that clients of protocol 4 know: they ask an administrator then. */
export function assertHolds({ scopes: held }: Actor, needed: readonly string[], refusal: string): void {
  const missing = missingScopes(held, needed);
  if (missing.length === 0) return;
  const details = { code: "MISSING_SCOPE", missingScope: missing[0], requiredScopes: [...missing] };
  throw new GatewayError("INVALID_REQUEST", refusal, { details });
}

export function unknownRequest(): GatewayError {
  return new GatewayError("INVALID_REQUEST", "unknown requestId");
}

export function unknownDevice(): GatewayError {
  return new GatewayError("INVALID_REQUEST", "unknown deviceId");
}

export function unknownToken(): GatewayError {
  return new GatewayError("INVALID_REQUEST", "unknown deviceId/role");
}

import { hasScope, type Scope, SCOPES } from "@openclaw/protocol";

const KNOWN: ReadonlySet<string> = new Set(SCOPES);

/** The scopes of `wanted` that `granted` does not give. Names that no method asks for give nothing, so they never count. */
export function missingScopes(granted: readonly string[], wanted: readonly string[]): readonly Scope[] {
  return wanted.filter((scope) => isScope(scope)).filter((scope) => !hasScope(granted, scope));
}

/** What of `wanted` a holder of `granted` has. */
export function heldScopes(granted: readonly string[], wanted: readonly string[]): readonly string[] {
  return wanted.filter((scope) => granted.includes(scope) || (isScope(scope) && hasScope(granted, scope)));
}

/** Both lists, each scope once. */
export function joinScopes(first: readonly string[], second: readonly string[]): readonly string[] {
  return [...new Set([...first, ...second])];
}

function isScope(scope: string): scope is Scope {
  return KNOWN.has(scope);
}

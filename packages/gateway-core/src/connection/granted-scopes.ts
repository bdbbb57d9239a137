import { type Dialect, hasScope, type Role, type Scope, SCOPES } from "@openclaw/protocol";

const KNOWN: ReadonlySet<string> = new Set(SCOPES);

/**
 * The shared secret carries every scope, so its holder gets what it asks for. Clients of protocol 3 that ask for
 * nothing expect everything; those of protocol 4 expect nothing. Nodes have no scopes. Source: wire facts 5.8.
 */
export function scopesOfSecret(role: Role, dialect: Dialect, requested: readonly string[]): readonly string[] {
  if (role === "node") return [];
  return requested.length === 0 && dialect === 3 ? ["operator.admin"] : requested;
}

/**
 * What a device's token gives: of what is asked for, that which the token carries. Undefined when more is asked for.
 * Names that no method asks for give nothing, so they are left out and refuse nobody. Source: wire facts 5.15.
 */
export function scopesOfToken(
  role: Role,
  dialect: Dialect,
  { requested, carried }: { readonly requested: readonly string[]; readonly carried: readonly string[] },
): readonly string[] | undefined {
  if (role === "node") return [];
  if (requested.length === 0) return dialect === 3 ? carried : [];
  if (requested.some((scope) => isScope(scope) && !hasScope(carried, scope))) return undefined;
  return requested.filter((scope) => isScope(scope) || carried.includes(scope));
}

function isScope(scope: string): scope is Scope {
  return KNOWN.has(scope);
}

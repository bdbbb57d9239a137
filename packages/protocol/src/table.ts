import type { Role, Scope } from "./scopes.ts";

/** What the dispatcher must know of a method; the schemas themselves are in the contracts. */
export interface MethodRow {
  /** Roles that may call it. */
  readonly roles: readonly Role[];
  /** The scope an operator needs; null when being connected is enough. */
  readonly scope: Scope | null;
  /** `key`: params.idempotencyKey is required, and the same key gets the same answer. */
  readonly idempotency: "none" | "key" | "natural";
  /** True when a first answer says `accepted` and a second one ends the call. */
  readonly answersTwice: boolean;
  /** Parameters that are accepted and mean nothing here. */
  readonly ignoredParams?: readonly string[];
}

/** What the fan-out must know of an event. */
export interface EventRow {
  readonly roles: readonly Role[];
  /** The scope an operator needs to receive it; null for everyone of the given roles. */
  readonly scope: Scope | null;
  /** A slow client loses these first. */
  readonly droppable: boolean;
}

/** Freezes a table and its rows. */
export function frozen<Table extends Readonly<Record<string, MethodRow | EventRow>>>(table: Table): Table {
  for (const row of Object.values(table)) Object.freeze(row);
  return Object.freeze(table);
}

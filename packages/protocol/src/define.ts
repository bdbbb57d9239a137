import type * as z from "zod";

import type { ErrorCode } from "./errors.ts";
import type { Role, Scope } from "./scopes.ts";

/** One method of the wire, whole: this object is the single source of everything that is generated about it. */
export interface MethodContract<
  Name extends string = string,
  Params extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
  Accepted extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** Roles that may call it. */
  readonly roles: readonly Role[];
  /** The scope an operator needs; null when being connected is enough. Nodes have no scopes. */
  readonly scope: Scope | null;
  readonly params: Params;
  /** The final answer. */
  readonly result: Result;
  /** The first of two answers, for methods that do long work. */
  readonly accepted?: Accepted;
  /**
   * `none` for reads. `key` for side effects: `params.idempotencyKey` is required, and the same key gets the same
   * answer, across restarts. `natural` when doing it twice is the same as doing it once.
   */
  readonly idempotency: "none" | "key" | "natural";
  /** Codes this method may answer with, beyond INVALID_REQUEST, FORBIDDEN and UNAVAILABLE, which any may. */
  readonly errors: readonly ErrorCode[];
  /** Parameters that clients of another generation send, which mean nothing here: accepted and ignored. */
  readonly ignoredParams?: readonly string[];
  /** True for the opening request alone: it is valid only as the first frame, so it is not in the dispatch table. */
  readonly handshake?: true;
  readonly example: { readonly params: z.input<Params>; readonly result: z.input<Result> };
}

/** One event of the wire. */
export interface EventContract<Name extends string = string, Payload extends z.ZodType = z.ZodType> {
  readonly name: Name;
  readonly summary: string;
  /** The scope an operator needs to receive it; null for every connection of the given roles. */
  readonly scope: Scope | null;
  readonly roles: readonly Role[];
  /** True for events that only this moment makes useful: a slow client loses them first. */
  readonly droppable: boolean;
  readonly payload: Payload;
  readonly example: z.input<Payload>;
}

export function defineMethod<
  const Name extends string,
  Params extends z.ZodType,
  Result extends z.ZodType,
  Accepted extends z.ZodType = z.ZodNever,
>(contract: MethodContract<Name, Params, Result, Accepted>): MethodContract<Name, Params, Result, Accepted> {
  return contract;
}

export function defineEvent<const Name extends string, Payload extends z.ZodType>(
  contract: EventContract<Name, Payload>,
): EventContract<Name, Payload> {
  return contract;
}

/** One HTTP resource of the gateway itself. */
export interface HttpContract {
  /** GET and HEAD; other methods are answered with 405 and `allow`. */
  readonly path: string;
  /** Other paths that give the same. */
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly answers: Readonly<Record<number, { readonly description: string; readonly body: z.ZodType | "page" }>>;
}

export function defineHttp<const Contract extends HttpContract>(contract: Contract): Contract {
  return contract;
}

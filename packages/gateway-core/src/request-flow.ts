/**
 * STORY 1, the walk of a request:
 *
 *   socket → connection → find → role → scope → parameters → handler → answer → send queue → socket
 *
 * The connection decodes frames and brings them here; HTTP routes and tools join with `call`, past the same checks.
 * A handler returns its answer, or throws. What it throws becomes an error frame in one place, at the end.
 */
import {
  type AcceptedOf,
  type ErrorShape,
  hasScope,
  METHODS,
  type MethodName,
  type ParamsOf,
  type RequestFrame,
  type ResultOf,
  type Role,
  type Scope,
} from "@openclaw/protocol";
import { formatValidationErrors, paramsValidators, type Validator } from "@openclaw/protocol/validators";

import type { Reply } from "./connection/connection.ts";
import { GatewayError, toErrorShape } from "./errors.ts";
import type { CallContext, Caller, Handler, Services } from "./methods/define.ts";
import type { AcceptedAnswer } from "./ports.ts";

/** The opening request, which the connection answers itself. */
const HANDSHAKE = "connect";

/** A method that a host adds. It is called, checked and advertised like those of the contract. */
export interface ExtraMethod<Params = unknown> {
  readonly name: string;
  /** What an operator needs; null when being connected is enough. */
  readonly scope: Scope | null;
  /** Who may call it; operators without it. */
  readonly roles?: readonly Role[];
  /** Turns what a caller sent into parameters; what it throws is told to the caller as what was wrong with them. */
  parse(params: unknown): Params;
  handle(params: Params, context: CallContext): unknown;
}

export interface RequestFlowDependencies {
  readonly services: Services;
  readonly handlers: { readonly [M in MethodName]?: Handler<M> };
  readonly extraMethods?: readonly ExtraMethod[];
}

/** What the walk needs of a method, whoever defined it. */
interface Method {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly scope: Scope | null;
  readonly parse: (params: unknown) => unknown;
  readonly handle: (params: unknown, context: CallContext) => unknown;
}

export class RequestFlow {
  readonly #services: Services;
  readonly #methods = new Map<string, Method>();
  readonly #served: string[] = [];
  #stopping: string | undefined;

  constructor({ services, handlers, extraMethods = [] }: RequestFlowDependencies) {
    this.#services = services;
    for (const name of Object.keys(METHODS) as MethodName[])
      this.#add(contractMethod(name, handlers[name]), name in handlers);
    for (const method of extraMethods) this.#add(hostMethod(method), true);
  }

  /** What hello-ok names as features.methods: all that is served, nothing else. */
  get served(): readonly string[] {
    return this.#served;
  }

  /** From now on every request is refused with this reason, so that clients turn to the gateway that comes after. */
  stop(reason: string): void {
    this.#stopping = reason;
  }

  /** Answers a request, twice when its method says so. Never rejects. */
  async answer(request: RequestFrame, caller: Caller, signal: AbortSignal, reply: Reply): Promise<void> {
    const startedAt = performance.now();
    let accepted: unknown;
    try {
      const answer = await this.#walk(request.method, request.params, caller, signal);
      if (isAccepted(answer)) {
        accepted = answer.accepted;
        const { final, sends = "both" } = answer;
        // Whoever is not told how it ends must not leave its failure to nobody.
        if (sends === "accepted") final.catch(() => {});
        if (sends !== "final") reply({ ok: true, payload: accepted });
        if (sends !== "accepted") reply({ ok: true, payload: await final });
      } else reply({ ok: true, payload: answer });
      this.#log(request, caller, startedAt);
    } catch (error) {
      const shape = toErrorShape(error);
      this.#log(request, caller, startedAt, error);
      reply({ ok: false, ...failedRun(accepted, shape), error: shape });
    }
  }

  /** The same walk from inside the process; answers what is final. Throws GatewayError. */
  async call<M extends MethodName>(
    method: M,
    params: ParamsOf<M>,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<ResultOf<M>> {
    const answer = await this.#walk(method, params, caller, signal);
    return (isAccepted(answer) ? await answer.final : answer) as ResultOf<M>;
  }

  /** The same for a method that answers twice: gives its first answer, and what it does goes on. Throws GatewayError. */
  async start<M extends MethodName>(
    method: M,
    params: ParamsOf<M>,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<AcceptedOf<M>> {
    const answer = await this.#walk(method, params, caller, signal);
    if (!isAccepted(answer)) throw new Error(`The method "${method}" does not answer twice.`);
    // How it ends is told to whoever asks for it.
    answer.final.catch(() => {});
    return answer.accepted as AcceptedOf<M>;
  }

  async #walk(name: string, params: unknown, caller: Caller, signal: AbortSignal): Promise<unknown> {
    this.#assertAccepting();
    const method = this.#find(name, caller);
    assertRole(method, caller);
    assertScope(method.scope, caller);
    const checked = method.parse(params ?? {});
    return method.handle(checked, { ...this.#services, caller, signal });
  }

  /** A caller without admin does not learn which methods exist. Source: wire facts 5.17, 6.7 and 6.8. */
  #find(name: string, caller: Caller): Method {
    const method = this.#methods.get(name);
    if (method) return method;
    if (name === HANDSHAKE) throw new GatewayError("INVALID_REQUEST", "connect is only valid as the first request");
    if (caller.role === "node") throw new GatewayError("INVALID_REQUEST", "unauthorized role: node");
    assertScope("operator.admin", caller);
    throw new GatewayError("INVALID_REQUEST", `unknown method: ${name}`);
  }

  #assertAccepting(): void {
    if (this.#stopping === undefined) return;
    throw new GatewayError("UNAVAILABLE", `${this.#stopping}; new requests are not accepted`, { retryAfterMs: 1_500 });
  }

  #add(method: Method, isServed: boolean): void {
    if (this.#methods.has(method.name) || method.name === HANDSHAKE) {
      throw new Error(`The method "${method.name}" exists already; give yours another name.`);
    }
    this.#methods.set(method.name, method);
    if (isServed) this.#served.push(method.name);
  }

  #log(request: RequestFrame, caller: Caller, startedAt: number, error?: unknown): void {
    const { log } = this.#services;
    const { id, method, params } = request;
    const ignored = ignoredParams(method, params);
    const fields = {
      method,
      id,
      connectionId: caller.connectionId,
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
      ...(ignored.length === 0 ? {} : { ignored }),
      ...("traceparent" in request ? { traceparent: request.traceparent } : {}),
    };
    if (error === undefined) log.debug("request", fields);
    else if (error instanceof GatewayError) {
      log.debug("request refused", { ...fields, code: error.code, reason: error.message });
    } else log.error("a request failed", { ...fields, error });
  }
}

function contractMethod<M extends MethodName>(name: M, handler: Handler<M> | undefined): Method {
  const { roles, scope } = METHODS[name];
  const validate: Validator<ParamsOf<M>> = paramsValidators[name];
  return {
    name,
    roles,
    scope,
    parse: (params) => (handler ? validParams(name, validate, params) : params),
    handle: (params, context) => {
      if (handler) return handler(params as ParamsOf<M>, context);
      throw new GatewayError("UNAVAILABLE", `${name} is not available in this version of the gateway`, {
        retryable: false,
      });
    },
  };
}

function validParams<Params>(name: string, validate: Validator<Params>, params: unknown): Params {
  if (validate(params)) return params;
  throw new GatewayError("INVALID_REQUEST", `invalid ${name} params: ${formatValidationErrors(validate.errors)}`);
}

function hostMethod(method: ExtraMethod): Method {
  return {
    name: method.name,
    roles: method.roles ?? ["operator"],
    scope: method.scope,
    parse: (params) => {
      try {
        return method.parse(params);
      } catch (error) {
        if (error instanceof GatewayError) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        throw new GatewayError("INVALID_REQUEST", `invalid ${method.name} params: ${reason}`, { cause: error });
      }
    },
    handle: (params, context) => method.handle(params, context),
  };
}

function assertRole({ roles }: Method, { role }: Caller): void {
  if (!roles.includes(role)) throw new GatewayError("INVALID_REQUEST", `unauthorized role: ${role}`);
}

/** Scopes are an operator's; what a node may call is decided by its role. */
function assertScope(scope: Scope | null, { role, scopes }: Caller): void {
  if (role === "node" || scope === null || hasScope(scopes, scope)) return;
  const details = { code: "MISSING_SCOPE", missingScope: scope, requiredScopes: [scope] };
  throw new GatewayError("FORBIDDEN", `missing scope: ${scope}`, { details });
}

function isAccepted(answer: unknown): answer is AcceptedAnswer<MethodName> {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "accepted" in answer &&
    "final" in answer &&
    answer.final instanceof Promise
  );
}

/** The second answer of a run that failed says so in its payload as well as in its error. Source: wire facts 2.2. */
function failedRun(accepted: unknown, { message }: ErrorShape): { payload?: unknown } {
  if (typeof accepted !== "object" || accepted === null || !("runId" in accepted)) return {};
  return { payload: { runId: accepted.runId, status: "error", summary: message } };
}

/** Parameters of the request that its contract accepts and nothing here reads. */
function ignoredParams(method: string, params: unknown): readonly string[] {
  if (!Object.hasOwn(METHODS, method) || typeof params !== "object" || params === null) return [];
  const ignored = METHODS[method as MethodName].ignoredParams ?? [];
  return ignored.filter((name) => name in params);
}

import type { GatewayClient } from "@openclaw/client";
import type { AcceptedOf, EventName, EventPayload, MethodName, ParamsOf, ResultOf, Scope } from "@openclaw/protocol";

import type { CommandContext } from "../command.ts";
import type { RpcValues } from "../command-line/rpc-options.ts";
import { callFailure, connectFailure, type FailureContext } from "./failures.ts";
import { requireEncryption, resolveTarget, type Target } from "./target.ts";

/** Attempts at a lost connection, over some ten seconds: a gateway that restarts is back by then. */
const RECONNECT_ATTEMPTS = 8;

export type ConnectValues = Pick<RpcValues, "url" | "token" | "password" | "timeout"> &
  Partial<Pick<RpcValues, "tlsFingerprint" | "allowPlaintext">>;

/** A connection to a running gateway. Every failure is a CliError that names the address and what to do. */
export interface GatewayConnection extends AsyncDisposable {
  readonly target: Target;
  readonly serverVersion: string;
  /** How long it took to connect, in milliseconds. */
  readonly connectMs: number;
  readonly uptimeMs: number | undefined;
  call<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>>;
  /** A method whose name is not known in advance; `answer` chooses between the two of a method that answers twice. */
  callByName(method: string, params: unknown, answer: "first" | "final"): Promise<unknown>;
  /** A method that answers twice and carries an idempotency key: outlives a restart of the gateway. */
  callAccepted<M extends MethodName>(method: M, params: ParamsOf<M>, options: AcceptedCall<M>): Promise<ResultOf<M>>;
  /** Says something while the process is stopping already, and does not mind whether it worked. */
  lastWord<M extends MethodName>(method: M, params: ParamsOf<M>, timeoutMs: number): Promise<void>;
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): Disposable;
}

export interface AcceptedCall<M extends MethodName> {
  readonly timeoutMs: number;
  readonly onAccepted?: (accepted: AcceptedOf<M>) => void;
}

/**
 * Connects to the gateway that the flags, the environment and the profile name, as client "cli", with the given
 * scopes and nothing else. Never starts a gateway (contract row R8.5).
 */
export async function connect(
  context: CommandContext,
  values: ConnectValues,
  scopes: readonly Scope[],
): Promise<GatewayConnection> {
  const { host } = context;
  const [{ GatewayClient, ClientError, exponentialBackoff }, location] = await Promise.all([
    import("@openclaw/client"),
    host.locate(context.selection),
  ]);
  const target = resolveTarget(location, values);
  if (values.allowPlaintext !== true) requireEncryption(target);
  const failure: FailureContext = { target, self: context.self };
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  const client = await GatewayClient.connect(
    {
      url: target.url,
      ...(target.tlsFingerprint === undefined ? {} : { tlsFingerprint: target.tlsFingerprint }),
      ...(target.credential === undefined ? {} : { [target.credential.kind]: target.credential.value }),
      client: { id: "cli", mode: "cli", version: host.version, platform: host.platform },
      scopes,
      connectTimeoutMs: values.timeout,
      requestTimeoutMs: values.timeout,
      refreshOnGap: false,
      reconnect: exponentialBackoff({ maximumMs: 2000, maximumAttempts: RECONNECT_ATTEMPTS }),
    },
    host.signal,
  ).catch((error: unknown) => {
    throw error instanceof ClientError ? connectFailure(error, failure, elapsed() >= values.timeout) : error;
  });
  const connectMs = elapsed();
  const explain = (method: string) => (error: unknown) => {
    throw error instanceof ClientError ? callFailure(error, failure, method) : error;
  };
  const { signal } = host;
  return {
    target,
    serverVersion: client.hello.server.version,
    connectMs,
    uptimeMs: client.hello.snapshot.uptimeMs,
    call: (method, params) => client.request(method, params, { signal }).catch(explain(method)),
    callByName: (method, params, answer) =>
      callEither(client, { method, params, answer, signal }).catch(explain(method)),
    callAccepted: (method, params, options) =>
      client.request(method, params, { signal, resendOnReconnect: true, ...options }).catch(explain(method)),
    lastWord: async (method, params, timeoutMs) => {
      await client.request(method, params, { timeoutMs }).catch(() => {});
    },
    on: (event, listener) => client.on(event, listener),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

interface NamedCall {
  readonly method: string;
  readonly params: unknown;
  readonly answer: "first" | "final";
  readonly signal: AbortSignal;
}

/** The first of two answers means that the work goes on without anyone waiting here. */
async function callEither(client: GatewayClient, { method, params, answer, signal }: NamedCall): Promise<unknown> {
  const accepted = Promise.withResolvers<unknown>();
  const final = client.requestRaw(method, params, { signal, onAccepted: accepted.resolve });
  if (answer === "final") return final;
  final.catch(() => {});
  return Promise.race([accepted.promise, final]);
}

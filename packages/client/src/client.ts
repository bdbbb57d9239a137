import {
  type AcceptedOf,
  type EventFrame,
  type EventName,
  type EventPayload,
  type HelloOk,
  type MethodName,
  METHODS,
  type ParamsOf,
  type ResultOf,
} from "@openclaw/protocol";

import { openTransport } from "#transport";

import { Connection, type ConnectionState } from "./connection.ts";
import { asClientError, ClientError } from "./errors.ts";
import { EventQueue } from "./events/event-queue.ts";
import { isRecovered } from "./session.ts";
import { checkedDuration, type ClientOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { StateRefresh } from "./events/state-refresh.ts";
import { type LocalEventName, type LocalEvents, type ReceivedEvent, Subscriptions } from "./events/subscriptions.ts";
import type { OpenTransport } from "./transport/transport.ts";
import { isRecord } from "./wire/frames.ts";
import type { MissedEvents } from "./wire/sequence.ts";

export interface RawRequestOptions {
  /**
   * For the whole request, in milliseconds. Default `requestTimeoutMs`; the final answer of accepted work then has 15
   * minutes from the acceptance.
   */
  readonly timeoutMs?: number;
  /** Stops waiting; the promise rejects with the signal's reason. The gateway may do the work all the same. */
  readonly signal?: AbortSignal;
  /** Called with the first answer of a method that answers twice. Asking for it makes a raw method such a one. */
  readonly onAccepted?: (accepted: unknown) => void;
  /**
   * Outlive a lost connection: the request is sent again on the next one. Only for requests that carry
   * `params.idempotencyKey`, so that the gateway does the work once.
   */
  readonly resendOnReconnect?: boolean;
}

export interface RequestOptions<M extends MethodName> extends Omit<RawRequestOptions, "onAccepted"> {
  /** Called with the first answer of a method that answers twice. */
  readonly onAccepted?: (accepted: AcceptedOf<M>) => void;
}

/** States superseded by later ones that wait for a reader of states(). */
const BUFFERED_STATES = 64;

/** A connection to a gateway that heals itself. Failures are ClientErrors. */
export class GatewayClient implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #subscriptions = new Subscriptions();
  readonly #states = new Set<EventQueue<ConnectionState>>();
  readonly #refresh: StateRefresh | undefined;
  #openedOnce = false;

  private constructor(options: ResolvedOptions, openTransport: OpenTransport) {
    this.#refresh = options.refreshOnGap ? new StateRefresh(() => this.#refreshState()) : undefined;
    this.#connection = new Connection({
      client: options,
      openTransport,
      listener: {
        event: (frame, size, missed) => {
          if (missed !== undefined) this.#gap(missed);
          this.#subscriptions.publish(frame, size);
        },
        malformed: (reason) => this.#subscriptions.publishLocal("malformed", { reason }),
        stateChanged: (state) => this.#stateChanged(state),
        // An answer never overtakes the events that came before it.
        answering: () => this.#subscriptions.release(),
      },
    });
  }

  /**
   * Resolves with a live connection, or throws: ClientError with the gateway's own code when it refused,
   * `CONNECT_FAILED` when none answered, the signal's reason when that ended the attempt. A gateway that says it is
   * still starting is asked again until `connectTimeoutMs` has passed. Source: R5.1, R5.2.
   */
  static connect(options: ClientOptions, signal?: AbortSignal): Promise<GatewayClient> {
    return GatewayClient.connectThrough(openTransport, options, signal);
  }

  /** Like connect(), over a transport of the caller's own in place of this platform's WebSocket. */
  static async connectThrough(
    openTransport: OpenTransport,
    options: ClientOptions,
    signal?: AbortSignal,
  ): Promise<GatewayClient> {
    const client = new GatewayClient(resolveOptions(options), openTransport);
    await client.#connection.open(signal);
    // Events that came with the hello wait until the caller has had a turn of the event loop to subscribe.
    setTimeout(() => client.#subscriptions.release(), 0);
    return client;
  }

  /** What the current connection began with; of the last one while there is none. */
  get hello(): HelloOk {
    return this.#connection.hello;
  }

  get state(): ConnectionState["state"] {
    return this.#connection.state.state;
  }

  /**
   * Calls a method and resolves with its answer; with the final one for a method that answers twice. Rejects with a
   * ClientError: the gateway's own code, `TIMEOUT`, or `CLOSED` when there is no connection or it was lost meanwhile.
   */
  request<M extends MethodName>(method: M, params: ParamsOf<M>, options?: RequestOptions<M>): Promise<ResultOf<M>>;
  request(method: string, params: unknown, options: RawRequestOptions = {}): Promise<unknown> {
    return this.#request(method, params, options);
  }

  /** Calls a method that the types do not know: one that a gateway was extended with, or of another version. */
  requestRaw(method: string, params: unknown, options: RawRequestOptions = {}): Promise<unknown> {
    return this.#request(method, params, options);
  }

  /**
   * Every event from now on, in order. The buffer behind it is bounded: a reader that is too slow loses the oldest and
   * gets a local `overflow` event in their place. Ends when the signal aborts or the client is closed; throws the
   * ClientError that ended the client for good.
   */
  events(signal?: AbortSignal): AsyncIterableIterator<ReceivedEvent, undefined> {
    return this.#subscriptions.events(signal);
  }

  /** Calls the listener with each event of that name, or each notice of the client itself. Dispose to stop. */
  on<N extends LocalEventName>(event: N, listener: (payload: LocalEvents[N]) => void): Disposable;
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>, frame: EventFrame) => void): Disposable;
  on(event: string, listener: (payload: never, frame: EventFrame) => void): Disposable {
    return this.#subscriptions.on(event, listener);
  }

  /** The state of the connection: the current one at once, then every change. The last one is `closed`. */
  states(signal?: AbortSignal): AsyncIterableIterator<ConnectionState, undefined> {
    const queue = new EventQueue<ConnectionState>({
      maximumItems: BUFFERED_STATES,
      maximumSize: BUFFERED_STATES,
      finished: (ended) => this.#states.delete(ended),
      signal,
    });
    const { state } = this.#connection;
    queue.push(state, 1);
    if (state.state === "closed") queue.end(undefined);
    else if (!queue.finished) this.#states.add(queue);
    return queue;
  }

  /** Closes the connection for good: pending requests fail with `CLOSED`, iterators end. Safe to call again. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #request(method: string, params: unknown, options: RawRequestOptions): Promise<unknown> {
    const { timeoutMs, signal, onAccepted, resendOnReconnect: resend = false } = options;
    const methods: Readonly<Record<string, Pick<(typeof METHODS)[MethodName], "answersTwice" | "idempotency">>> =
      METHODS;
    const row = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (resend && row?.idempotency !== "natural" && !hasIdempotencyKey(params)) {
      throw new ClientError(
        "INVALID_REQUEST",
        `resendOnReconnect for ${method} needs params.idempotencyKey: without it the work could be done twice.`,
      );
    }
    return this.#connection.request({
      method,
      params,
      timeoutMs: timeoutMs === undefined ? undefined : checkedDuration("timeoutMs", timeoutMs),
      signal,
      answersTwice: row?.answersTwice ?? onAccepted !== undefined,
      onAccepted,
      resend,
    });
  }

  #stateChanged(state: ConnectionState): void {
    for (const queue of this.#states) queue.push(state, 1);
    if (state.state === "open") {
      if (this.#openedOnce) this.#reconnected(state.hello);
      this.#openedOnce = true;
    }
    if (state.state !== "closed") return;
    this.#refresh?.[Symbol.dispose]();
    for (const queue of this.#states) queue.end(undefined);
    this.#subscriptions.end(state.error);
  }

  /** Source: R5.11, F18. */
  #reconnected(hello: HelloOk): void {
    if (isRecovered(hello)) return this.#subscriptions.publishLocal("recovered", {});
    this.#subscriptions.publishLocal("gap", { cause: "reconnected" });
    this.#refresh?.request();
  }

  /** Source: R5.11. */
  #gap(missed: MissedEvents): void {
    this.#subscriptions.publishLocal("gap", { cause: "sequence", ...missed });
    this.#refresh?.request();
  }

  /** Fetches what the missed events would have told. */
  async #refreshState(): Promise<void> {
    const requests = [this.request("health", {}), this.request("system-presence", {})] as const;
    const refreshed = await Promise.all(requests).then(
      ([health, presence]) => ({ ok: true, health, presence }) as const,
      (error: unknown) => ({ ok: false, error: asClientError(error) }) as const,
    );
    this.#subscriptions.publishLocal("refreshed", refreshed);
  }
}

function hasIdempotencyKey(params: unknown): boolean {
  return isRecord(params) && typeof params["idempotencyKey"] === "string" && params["idempotencyKey"] !== "";
}

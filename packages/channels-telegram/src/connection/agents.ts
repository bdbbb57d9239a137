import { AsyncLocalStorage } from "node:async_hooks";
import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";

/** A socket nobody uses is closed this soon, before the other side closes it under a request. */
const idleSocketMs = 10_000;
/** How long one address may take before the next one is tried beside it (RFC 8305). Node's 250 ms fail distant hosts. */
const attemptTimeoutMs = 1_000;

/** One request, as far as it got. */
export class Attempt {
  #connected = false;
  #bodyOpen = false;

  /** True once the whole request may have left this machine: a server does nothing about half of one. */
  get written(): boolean {
    return this.#connected && !this.#bodyOpen;
  }

  /** The request's body is being read from somewhere; it is not whole before `bodyEnded`. */
  bodyBegins(): void {
    this.#bodyOpen = true;
  }

  bodyEnded(): void {
    this.#bodyOpen = false;
  }

  /** The request is on a connection that stands. */
  markWritten(): void {
    this.#connected = true;
  }

  /** The request waits for this socket to connect. */
  watch(socket: Duplex, connectedEvent: "connect" | "secureConnect"): void {
    socket.once(connectedEvent, () => this.markWritten());
  }
}

/** Tells which attempt a socket is opened or taken for: an agent is asked within the call that needs it. */
export class AttemptTracker {
  readonly #storage = new AsyncLocalStorage<Attempt>();

  run<T>(attempt: Attempt, call: () => Promise<T>): Promise<T> {
    return this.#storage.run(attempt, call);
  }

  get current(): Attempt | undefined {
    return this.#storage.getStore();
  }
}

class TrackingHttpsAgent extends https.Agent {
  readonly #tracker: AttemptTracker;

  constructor(tracker: AttemptTracker, options: https.AgentOptions) {
    super(options);
    this.#tracker = tracker;
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const socket = super.createConnection(options, callback);
    if (socket !== null && socket !== undefined) this.#tracker.current?.watch(socket, "secureConnect");
    return socket;
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    this.#tracker.current?.markWritten();
    super.reuseSocket(socket, request);
  }
}

class TrackingHttpAgent extends http.Agent {
  readonly #tracker: AttemptTracker;

  constructor(tracker: AttemptTracker, options: http.AgentOptions) {
    super(options);
    this.#tracker = tracker;
  }

  override createConnection(
    options: http.ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const socket = super.createConnection(options, callback);
    if (socket !== null && socket !== undefined) this.#tracker.current?.watch(socket, "connect");
    return socket;
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    this.#tracker.current?.markWritten();
    super.reuseSocket(socket, request);
  }
}

export interface AgentSettings {
  readonly apiRoot: string;
  /** Tries IPv4 and IPv6 addresses side by side. */
  readonly autoSelectFamily: boolean;
}

/** A pool of connections that tells each attempt when its request may have been written. */
export function createTrackingAgent(tracker: AttemptTracker, settings: AgentSettings): http.Agent {
  const options: https.AgentOptions = {
    keepAlive: true,
    timeout: idleSocketMs,
    autoSelectFamily: settings.autoSelectFamily,
    autoSelectFamilyAttemptTimeout: attemptTimeoutMs,
  };
  return settings.apiRoot.startsWith("http://")
    ? new TrackingHttpAgent(tracker, options)
    : new TrackingHttpsAgent(tracker, options);
}

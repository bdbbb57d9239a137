import type { HelloOk, ResumePoint } from "@openclaw/protocol";

import { asClientError, ClientError, reportUncaught } from "./errors.ts";
import type { ResolvedOptions } from "./options.ts";
import { type NewRequest, PendingRequests } from "./pending.ts";
import { Session, type SessionListener } from "./session.ts";
import type { OpenTransport } from "./transport/transport.ts";
import { Introduction } from "./wire/introduction.ts";

/** Where the client stands with its gateway. */
export type ConnectionState =
  | { readonly state: "connecting"; readonly attempt: number }
  | { readonly state: "open"; readonly hello: HelloOk }
  | { readonly state: "waiting"; readonly attempt: number; readonly delayMs: number; readonly error: ClientError }
  /** For good. The error is absent when the client was closed on purpose. */
  | { readonly state: "closed"; readonly error: ClientError | undefined };

/** Who hears from a connection. */
export interface ConnectionListener extends Pick<SessionListener, "event" | "malformed"> {
  stateChanged(state: ConnectionState): void;
  /** An answer has come; whoever asked has not been told yet. */
  answering(): void;
}

export interface ConnectionOptions {
  readonly client: ResolvedOptions;
  readonly openTransport: OpenTransport;
  readonly listener: ConnectionListener;
}

/** A connection that lasted so long was a good one: the next loss starts the backoff anew. */
const GOOD_CONNECTION_MS = 10_000;
/** Ways of one connection to say who it is: the newer signature, the older one, and with the device's own token. */
const MAX_INTRODUCTIONS = 3;
/** How long to wait for a gateway that is starting and does not say how long it takes. */
const STARTING_WAIT_MS = 500;
/** The close code of a gateway that has not started yet. */
const TRY_AGAIN_LATER = 1013;
/** Bytes that may wait for the network before further requests are refused. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** Keeps one session alive: connects, notices a loss, waits, connects again, and carries the pending requests over. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #introduction: Introduction;
  readonly #pending: PendingRequests;
  readonly #lifetime = new AbortController();
  #state: ConnectionState = { state: "connecting", attempt: 1 };
  #session: Session | undefined;
  #hello: HelloOk | undefined;
  /** Where the events of the last session stopped. */
  #resume: ResumePoint | undefined;
  #openedAt = 0;
  /** Attempts since the last connection that lasted. */
  #attempts = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#introduction = new Introduction(options.client);
    this.#pending = new PendingRequests(options.client.requestTimeoutMs);
  }

  /**
   * Resolves with a live connection. A gateway that says it is starting is asked again until the deadline for
   * connecting; every other failure is thrown at once, and this object is of no more use.
   */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const giveUp = () => this.#lifetime.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      signal?.throwIfAborted();
      await this.#openWhenReady(signal);
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  async #openWhenReady(signal: AbortSignal | undefined): Promise<void> {
    const deadline = Date.now() + this.#options.client.connectTimeoutMs;
    for (;;) {
      try {
        return await this.#connect(this.#lifetime.signal, deadline - Date.now());
      } catch (thrown) {
        if (signal?.aborted) throw thrown;
        const error = asClientError(thrown);
        const waitMs = startingWaitMs(error);
        if (waitMs === undefined || Date.now() + waitMs >= deadline) throw error;
        await sleep(waitMs, this.#lifetime.signal);
      }
    }
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Of the current connection, or of the last one while there is none. */
  get hello(): HelloOk {
    if (this.#hello === undefined) throw new ClientError("CLOSED", "The client is not connected.");
    return this.#hello;
  }

  async request(request: NewRequest): Promise<unknown> {
    request.signal?.throwIfAborted();
    const session = this.#session;
    if (this.#state.state === "closed") throw closedError(this.#state.error);
    if (session === undefined && !request.resend) throw notConnected(this.#state);
    if (session !== undefined && session.bufferedBytes > MAX_BUFFERED_BYTES) {
      throw new ClientError("UNAVAILABLE", "The network takes no more: too much is waiting to be sent already.");
    }
    const { text, answer } = this.#pending.add(request, this.#hello?.policy?.maxPayload);
    session?.send(text);
    return answer;
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#end(undefined);
    await session?.close(1000, "client closed");
  }

  /** Connects; a client with a device may have more than one way to say who it is. */
  async #connect(signal: AbortSignal, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (let introductions = 1; ; introductions += 1) {
      try {
        await this.#openSession(signal, Math.max(1, deadline - Date.now()));
        break;
      } catch (thrown) {
        const mayTry = thrown instanceof ClientError && introductions < MAX_INTRODUCTIONS;
        if (!mayTry || !(await this.#introduction.refused(thrown))) throw thrown;
      }
    }
    // A device's token that can not be kept is given again next time.
    if (this.#hello !== undefined) await this.#introduction.accepted(this.#hello).catch(reportUncaught);
  }

  #openSession(signal: AbortSignal, timeoutMs: number): Promise<void> {
    const { client, openTransport, listener } = this.#options;
    return Session.open(
      {
        url: client.url,
        tlsFingerprint: client.tlsFingerprint,
        openTransport,
        buildParams: (challenge) => this.#introduction.build(challenge, this.#resume),
        connectTimeoutMs: timeoutMs,
        listener: {
          opened: (session) => this.#opened(session),
          event: (frame, size, missed) => listener.event(frame, size, missed),
          malformed: (reason) => listener.malformed(reason),
          answer: (frame) => {
            listener.answering();
            this.#pending.answer(frame);
          },
          ended: (error) => this.#lost(error),
        },
      },
      signal,
    );
  }

  #opened(session: Session): void {
    this.#session = session;
    this.#hello = session.hello;
    this.#openedAt = Date.now();
    // What is asked for from here on goes out by itself.
    for (const text of this.#pending.frames()) session.send(text);
    this.#setState({ state: "open", hello: session.hello });
  }

  #lost(error: ClientError): void {
    this.#resume = this.#session?.resumePoint;
    this.#session = undefined;
    if (Date.now() - this.#openedAt >= GOOD_CONNECTION_MS) this.#attempts = 0;
    this.#pending.connectionLost(error);
    void this.#reconnect(error);
  }

  /** Waits and connects until it is open again, or until there is no point in trying. */
  async #reconnect(lost: ClientError): Promise<void> {
    const { signal } = this.#lifetime;
    const { connectTimeoutMs } = this.#options.client;
    let error = lost;
    for (;;) {
      const attempt = this.#attempts + 1;
      const delayMs = error.shouldRetry() ? this.#delayMs(attempt, error) : undefined;
      if (delayMs === undefined) return this.#end(error);
      this.#attempts = attempt;
      try {
        this.#setState({ state: "waiting", attempt, delayMs, error });
        await sleep(delayMs, signal);
        this.#setState({ state: "connecting", attempt });
        await this.#connect(signal, connectTimeoutMs);
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        error = asClientError(thrown);
      }
    }
  }

  /** A policy that fails has given up. */
  #delayMs(attempt: number, error: ClientError): number | undefined {
    try {
      return this.#options.client.reconnect?.delayMs(attempt, error);
    } catch (thrown) {
      reportUncaught(thrown);
      return undefined;
    }
  }

  #setState(state: ConnectionState): void {
    if (this.#state.state === "closed") return;
    this.#state = state;
    this.#options.listener.stateChanged(state);
  }

  #end(error: ClientError | undefined): void {
    this.#setState({ state: "closed", error });
    this.#pending.failAll(closedError(error));
    this.#lifetime.abort(closedError(error));
  }
}

function closedError(cause: ClientError | undefined): ClientError {
  if (cause === undefined) return new ClientError("CLOSED", "The client was closed.", { retryable: false });
  return new ClientError("CLOSED", `The client is closed: ${cause.message}`, {
    retryable: false,
    cause,
    ...(cause.details === undefined ? {} : { details: cause.details }),
    ...(cause.closeCode === undefined ? {} : { closeCode: cause.closeCode }),
    ...(cause.closeReason === undefined ? {} : { closeReason: cause.closeReason }),
  });
}

function notConnected(state: ConnectionState): ClientError {
  const cause = state.state === "waiting" ? state.error : undefined;
  return new ClientError("CLOSED", "The client is not connected; it is trying to connect again.", {
    cause,
  });
}

/** How long to wait for a gateway that is up but not ready; undefined for any other failure. */
function startingWaitMs(error: ClientError): number | undefined {
  if (!error.retryable) return undefined;
  if (error.closeCode !== TRY_AGAIN_LATER && error.code !== "UNAVAILABLE") return undefined;
  return error.retryAfterMs ?? STARTING_WAIT_MS;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}

import { randomUUID } from "node:crypto";
import { once } from "node:events";

import { type WebSocket, WebSocketServer } from "ws";

/** A request as it came. */
export interface FakeRequest {
  readonly id: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Sends an event on the connection that asked. */
  emit(event: string, payload: unknown): void;
  /** Sends the first of two answers. */
  accept(payload: unknown): void;
  /** Cuts the connection in place of an answer. */
  cut(): void;
}

/** What the fake answers with an error. */
export class FakeRefusal extends Error {
  readonly shape: Readonly<Record<string, unknown>>;
  readonly close: { readonly code: number; readonly reason: string } | undefined;

  constructor(shape: Readonly<Record<string, unknown>>, close?: { readonly code: number; readonly reason: string }) {
    super(JSON.stringify(shape));
    this.shape = shape;
    this.close = close;
  }
}

export type FakeAnswers = Readonly<Record<string, (request: FakeRequest) => unknown>>;

export interface FakeGatewayOptions {
  /** The answer of each method; a method that is not listed is refused as unknown. Return `undefined` for silence. */
  readonly answers?: FakeAnswers;
  /** Called with the parameters of `connect`; throws FakeRefusal to turn the client away. */
  readonly admit?: (connect: Readonly<Record<string, unknown>>) => void;
}

/** A peer that speaks the gateway's protocol by a script: enough to test clients and commands against. */
export class FakeGateway implements AsyncDisposable {
  readonly requests: { readonly method: string; readonly params: unknown }[] = [];
  readonly connects: Readonly<Record<string, unknown>>[] = [];
  readonly #server: WebSocketServer;
  readonly #options: FakeGatewayOptions;

  private constructor(server: WebSocketServer, options: FakeGatewayOptions) {
    this.#server = server;
    this.#options = options;
    server.on("connection", (socket) => this.#serve(socket));
  }

  static async start(options: FakeGatewayOptions = {}): Promise<FakeGateway> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    return new FakeGateway(server, options);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The fake gateway does not listen.");
    return address.port;
  }

  /** The parameters of every call of a method, in order. */
  callsOf(method: string): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: WebSocket): void {
    const send = (frame: unknown): void => socket.send(JSON.stringify(frame));
    send({ type: "event", event: "connect.challenge", payload: { nonce: randomUUID(), ts: Date.now() } });
    let seq = 0;
    socket.on("message", (data: Buffer) => {
      const { id, method, params = {} } = JSON.parse(data.toString()) as { id: string; method: string; params?: {} };
      const answer = (error: unknown, payload: unknown): void => {
        if (error === undefined) return send({ type: "res", id, ok: true, payload });
        if (!(error instanceof FakeRefusal)) throw error;
        send({ type: "res", id, ok: false, error: error.shape });
        if (error.close !== undefined) socket.close(error.close.code, error.close.reason);
      };
      if (method === "connect") return this.#connect(params, answer);
      this.requests.push({ method, params });
      const emit = (event: string, payload: unknown): void => {
        seq += 1;
        send({ type: "event", event, payload, seq });
      };
      const accept = (payload: unknown): void => send({ type: "res", id, ok: true, payload });
      void this.#answer({ id, method, params, emit, accept, cut: () => socket.terminate() }, answer);
    });
  }

  #connect(params: Readonly<Record<string, unknown>>, answer: (error: unknown, payload: unknown) => void): void {
    this.connects.push(params);
    try {
      this.#options.admit?.(params);
      answer(undefined, helloOk());
    } catch (error) {
      answer(error, undefined);
    }
  }

  async #answer(request: FakeRequest, answer: (error: unknown, payload: unknown) => void): Promise<void> {
    const script = this.#options.answers?.[request.method];
    try {
      if (script === undefined) {
        throw new FakeRefusal({ code: "INVALID_REQUEST", message: `unknown method: ${request.method}` });
      }
      const payload = await script(request);
      if (payload !== undefined) answer(undefined, payload);
    } catch (error) {
      answer(error, undefined);
    }
  }
}

function helloOk(): unknown {
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "9.9.9-fake", connId: randomUUID() },
    features: { methods: [], events: [] },
    snapshot: {
      presence: [],
      health: {},
      stateVersion: { presence: 1, health: 1 },
      uptimeMs: 5000,
    },
    policy: { maxPayload: 1_048_576, maxBufferedBytes: 1_048_576, tickIntervalMs: 30_000 },
  };
}

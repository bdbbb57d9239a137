import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { type WebSocket, WebSocketServer } from "ws";

import type { ClientOptions, OpenTransport, TransportListener } from "../src/index.ts";

/** The gateway's end of one connection, whatever carries it. */
interface Wire {
  send(message: string | Buffer): void;
  close(code: number, reason: string): void;
  cut(): void;
}

export interface Request {
  readonly id: string;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** One client's connection, as the scripted gateway sees it. */
export class Peer {
  readonly #wire: Wire;
  #seq = 0;
  /** Every request but `connect`, in order. */
  readonly requests: Request[] = [];
  connectParams: Record<string, unknown> | undefined;
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  raw(text: string): void {
    this.#wire.send(text);
  }

  /** Sends a binary message; over a real WebSocket only. */
  binary(bytes: Buffer): void {
    this.#wire.send(bytes);
  }

  frame(frame: object): void {
    this.raw(JSON.stringify(frame));
  }

  challenge(): void {
    this.frame({ type: "event", event: "connect.challenge", payload: { nonce: "nonce-1", ts: 1_795_394_412_642 } });
  }

  hello(overrides: object = {}): void {
    this.ok("connect", { ...HELLO, ...overrides });
  }

  ok(id: string, payload: unknown): void {
    this.frame({ type: "res", id, ok: true, payload });
  }

  fail(id: string, error: object, payload?: unknown): void {
    this.frame({ type: "res", id, ok: false, error, ...(payload === undefined ? {} : { payload }) });
  }

  /** Sends the next numbered event. */
  event(event: string, payload: unknown = {}): void {
    this.#seq += 1;
    this.frame({ type: "event", event, payload, seq: this.#seq });
  }

  /** Loses so many numbered events. */
  skip(events: number): void {
    this.#seq += events;
  }

  close(code: number, reason: string): void {
    this.#wire.close(code, reason);
  }

  cut(): void {
    this.#wire.cut();
  }
}

/** What a scripted gateway does; a part that is absent does the usual thing. */
export interface Script {
  /** A client is there. Default: sends the challenge. */
  opened?(peer: Peer): void;
  /** The client sent `connect`. Default: hello-ok. */
  connect?(peer: Peer): void;
  /** Any other request. Default: answers `{ method, params }`. */
  request?(peer: Peer, request: Request): void;
}

/** A gateway that does what a test says, over a linked pair in memory or over a real WebSocket. */
export class FakeGateway implements AsyncDisposable {
  readonly peers: Peer[] = [];
  /** Every attempt to connect, refused ones included. */
  attempts = 0;
  /** While true nobody answers: attempts fail at once. */
  unreachable = false;
  script: Script;
  #server: WebSocketServer | undefined;

  constructor(script: Script = {}) {
    this.script = script;
  }

  get peer(): Peer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error("No client has connected.");
    return peer;
  }

  /** The transport of a client in this process. Messages take a microtask each way and keep their order. */
  readonly openTransport: OpenTransport = async ({ listener, signal }) => {
    this.attempts += 1;
    await Promise.resolve();
    signal.throwIfAborted();
    if (this.unreachable) throw new Error("nobody is there");
    return this.#link(listener);
  };

  /** Serves a real WebSocket on a free port and answers its address. */
  async listen(): Promise<string> {
    this.#server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    this.#server.on("connection", (socket) => this.#serve(socket));
    await once(this.#server, "listening");
    const { port } = this.#server.address() as AddressInfo;
    return `ws://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    for (const socket of server.clients) socket.terminate();
    const closed = once(server, "close");
    server.close();
    await closed;
  }

  #link(listener: TransportListener) {
    let open = true;
    const later = (work: () => void) => queueMicrotask(() => open && work());
    const end = (code: number, reason: string) => {
      if (!open) return;
      open = false;
      peer.closed = { code, reason };
      listener.closed({ code, reason });
    };
    const peer = new Peer({
      send: (message) => later(() => listener.message(message.toString())),
      close: (code, reason) => later(() => end(code, reason)),
      cut: () => end(1006, ""),
    });
    this.#opened(peer);
    return {
      bufferedBytes: 0,
      send: (text: string) => later(() => this.#receive(peer, text)),
      close: (code: number, reason: string) => later(() => end(code, reason)),
      terminate: () => end(1006, ""),
    };
  }

  #serve(socket: WebSocket): void {
    this.attempts += 1;
    const peer = new Peer({
      send: (message) => socket.send(message),
      close: (code, reason) => socket.close(code, reason),
      cut: () => socket.terminate(),
    });
    socket.on("message", (data: Buffer) => this.#receive(peer, data.toString()));
    socket.on("close", (code, reason) => {
      peer.closed = { code, reason: reason.toString() };
    });
    this.#opened(peer);
  }

  #opened(peer: Peer): void {
    this.peers.push(peer);
    if (this.script.opened === undefined) peer.challenge();
    else this.script.opened(peer);
  }

  #receive(peer: Peer, text: string): void {
    const { id, method, params } = JSON.parse(text) as Request;
    if (method === "connect") {
      peer.connectParams = params;
      if (this.script.connect === undefined) peer.hello();
      else this.script.connect(peer);
      return;
    }
    const request = { id, method, params };
    peer.requests.push(request);
    if (this.script.request === undefined) peer.ok(id, { method, params });
    else this.script.request(peer, request);
  }
}

export const HELLO = {
  type: "hello-ok",
  protocol: 4,
  server: { version: "1.0.0", connId: "c1" },
  features: { methods: ["health"], events: ["tick"] },
  snapshot: { presence: [], health: { ok: true }, stateVersion: { presence: 1, health: 1 }, uptimeMs: 1 },
  policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
};

export const OPTIONS: ClientOptions = {
  url: "ws://127.0.0.1:1",
  token: "a-token",
  client: { id: "test", mode: "test", version: "1.0.0", platform: "linux" },
};

/** The value a promise rejects with. */
export function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`Expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

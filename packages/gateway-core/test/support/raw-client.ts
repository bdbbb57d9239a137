import { once } from "node:events";

import { eventually } from "@openclaw/testkit/eventually";
import { type ClientOptions, WebSocket } from "ws";

export interface AnyFrame {
  readonly type: string;
  readonly id?: string;
  readonly ok?: boolean;
  readonly event?: string;
  readonly seq?: number;
  readonly stateVersion?: { presence: number; health: number };
  // Tests look into payloads of every kind.
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly error?: {
    code: string;
    message: string;
    details?: Readonly<Record<string, unknown>>;
    retryable?: boolean;
    retryAfterMs?: number;
  };
}

/** A WebSocket without any knowledge of the protocol: it keeps what it gets and sends what it is told. */
export class RawClient implements AsyncDisposable {
  readonly frames: AnyFrame[] = [];
  readonly socket: WebSocket;
  closed: { code: number; reason: string } | undefined;
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer) => this.frames.push(JSON.parse(data.toString()) as AnyFrame));
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on("error", () => {});
  }

  /** Opens a socket and waits for the challenge. */
  static async open(url: string, options: ClientOptions = {}): Promise<RawClient> {
    const client = new RawClient(new WebSocket(url, { perMessageDeflate: false, ...options }));
    await once(client.socket, "open");
    await client.event("connect.challenge");
    return client;
  }

  get nonce(): string {
    const challenge = this.frames.find(({ event }) => event === "connect.challenge");
    return String(challenge?.payload?.["nonce"]);
  }

  sendRaw(data: string | Buffer, isBinary = false): void {
    this.socket.send(data, { binary: isBinary });
  }

  /** Sends a request and resolves with its first answer. */
  async request(method: string, params?: unknown, id = `r${(this.#nextId += 1)}`): Promise<AnyFrame> {
    this.sendRaw(JSON.stringify({ type: "req", id, method, ...(params === undefined ? {} : { params }) }));
    return this.answer(id);
  }

  answer(id: string): Promise<AnyFrame> {
    return this.#await(`an answer to ${id}`, (frame) => frame.type === "res" && frame.id === id);
  }

  event(name: string, matches: (frame: AnyFrame) => boolean = () => true): Promise<AnyFrame> {
    return this.#await(`the event ${name}`, (frame) => frame.event === name && matches(frame));
  }

  events(name: string): AnyFrame[] {
    return this.frames.filter(({ event }) => event === name);
  }

  close(): Promise<{ code: number; reason: string }> {
    return eventually("the socket to close", () => this.closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.close();
  }

  #await(what: string, matches: (frame: AnyFrame) => boolean): Promise<AnyFrame> {
    return eventually(what, () => {
      const found = this.frames.find(matches);
      if (!found && this.closed)
        throw new Error(`The socket closed (${this.closed.code} ${this.closed.reason}) before ${what}.`);
      return found;
    });
  }
}

import {
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";

/** What happens to one exchange between a client and the server behind the proxy. */
export type ProxyFault =
  /** The connection is reset before the server hears anything. */
  | { readonly kind: "drop-request" }
  /** The server does its work; its answer never leaves the proxy, and the connection is reset. */
  | { readonly kind: "drop-response" }
  /** The server does its work; the connection is reset in the middle of its answer. */
  | { readonly kind: "cut-response" }
  /** The server does its work; its answer is kept back, and the connection stays open. */
  | { readonly kind: "hold-response" }
  /** The request waits, then goes on as usual. */
  | { readonly kind: "delay"; readonly ms: number };

/** One exchange, as the proxy saw it. */
export interface Exchange {
  /** The path with its query. */
  readonly path: string;
  readonly fault: ProxyFault["kind"] | undefined;
  /** The server took the request and answered it: what it asked for was done. */
  tookEffect: boolean;
}

interface PlannedFault {
  readonly matches: RegExp;
  readonly fault: ProxyFault;
  readonly standing: boolean;
}

const recordLimit = 10_000;

/** A proxy in front of one HTTP server, on a port of its own, that does to exchanges what a bad network does. */
export class FaultProxy implements AsyncDisposable {
  /** Every exchange, oldest first, at most 10,000. */
  readonly exchanges: Exchange[] = [];
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  readonly #listeners = new Set<() => void>();
  #planned: PlannedFault[] = [];
  #server: Server | undefined;
  #port = 0;

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  /** Starts a proxy for the server at `target`, such as `http://127.0.0.1:8080`. */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await proxy.goOnline();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The next exchanges whose path matches meet these faults, one each. */
  next(matches: RegExp, ...faults: readonly ProxyFault[]): void {
    for (const fault of faults) this.#planned.push({ matches, fault, standing: false });
  }

  /** Every exchange whose path matches meets this fault, until the result is disposed. */
  always(matches: RegExp, fault: ProxyFault): Disposable {
    const planned: PlannedFault = { matches, fault, standing: true };
    this.#planned.push(planned);
    return { [Symbol.dispose]: () => void (this.#planned = this.#planned.filter((other) => other !== planned)) };
  }

  /** The first exchange that matches, begun already or later, once the server has done what it asks for. */
  waitForEffect(matches: RegExp, timeoutMs = 10_000): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = this.exchanges.find(({ path, tookEffect }) => tookEffect && matches.test(path));
        if (found === undefined) return;
        clearTimeout(timer);
        this.#listeners.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#listeners.delete(check);
        const paths = this.exchanges.slice(-10).map(({ path }) => path);
        reject(
          new Error(`Waited ${timeoutMs} ms for ${matches} to take effect. Last: ${paths.join(", ") || "nothing"}.`),
        );
      }, timeoutMs);
      this.#listeners.add(check);
      check();
    });
  }

  /** Closes the port and every connection: from now on connecting is refused. The port stays the same. */
  async goOffline(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  async goOnline(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    this.#server = server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.goOffline();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url ?? "/";
    const fault = this.#take(path);
    const exchange: Exchange = { path, fault: fault?.kind, tookEffect: false };
    this.exchanges.push(exchange);
    if (this.exchanges.length > recordLimit) this.exchanges.shift();
    try {
      const body = await readAll(incoming);
      if (fault?.kind === "drop-request") return void incoming.socket.resetAndDestroy();
      if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
      const answer = await this.#forward(incoming, body, outgoing);
      exchange.tookEffect = true;
      for (const tell of this.#listeners) tell();
      await answerWith(answer, outgoing, fault);
    } catch {
      // One side went away; the other hears of it the same way.
      incoming.socket.resetAndDestroy();
    }
  }

  #take(path: string): ProxyFault | undefined {
    const planned = this.#planned.find(({ matches }) => matches.test(path));
    if (planned !== undefined && !planned.standing) this.#planned = this.#planned.filter((other) => other !== planned);
    return planned?.fault;
  }

  /** Asks the server, for as long as the client is there. */
  #forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#target;
      const forwarded = sendRequest(
        { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers, agent: false },
        (response) => {
          readAll(response).then((answer) => resolve({ response, body: answer }), reject);
        },
      );
      forwarded.on("error", reject);
      outgoing.on("close", () => forwarded.destroy());
      forwarded.end(body);
    });
  }
}

interface Answer {
  readonly response: IncomingMessage;
  readonly body: Buffer;
}

async function answerWith({ response, body }: Answer, outgoing: ServerResponse, fault: ProxyFault | undefined) {
  const { socket } = outgoing;
  switch (fault?.kind) {
    case "drop-response":
      return void socket?.resetAndDestroy();
    case "hold-response":
      return;
    case "cut-response": {
      outgoing.writeHead(response.statusCode ?? 502, { ...response.headers, "content-length": body.length });
      const half = body.subarray(0, Math.floor(body.length / 2));
      await new Promise((resolve) => outgoing.write(half, resolve));
      return void socket?.resetAndDestroy();
    }
    default: {
      const { "transfer-encoding": _chunked, ...headers } = response.headers;
      outgoing.writeHead(response.statusCode ?? 502, { ...headers, "content-length": body.length });
      outgoing.end(body);
    }
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

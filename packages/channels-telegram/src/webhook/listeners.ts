import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Telegram sends a few kilobytes; a request that takes longer or brings more is not from there. */
const requestTimeoutMs = 15_000;
const maxConnections = 100;

export type WebhookHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface WebhookPlace {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

interface Listener {
  readonly server: Server;
  readonly handlers: Map<string, WebhookHandler>;
  readonly listening: Promise<void>;
}

/** The HTTP listeners of webhooks: accounts that name the same address share one, each under a path of its own. */
export class WebhookListeners {
  readonly #listeners = new Map<string, Listener>();

  /** Serves a path until it is disposed. Throws when the address can not be had or the path is taken. */
  async mount(
    { host, port, path }: WebhookPlace,
    handler: WebhookHandler,
  ): Promise<AsyncDisposable & { port: number }> {
    const key = `${host}:${port}`;
    const listener = this.#listeners.get(key) ?? this.#listen(key, { host, port });
    if (listener.handlers.has(path)) throw new Error(`Another account's webhook has the path ${path} on ${key}.`);
    listener.handlers.set(path, handler);
    try {
      await listener.listening;
    } catch (error) {
      await this.#unmount(key, listener, path);
      throw error;
    }
    const address = listener.server.address();
    return {
      port: typeof address === "object" && address !== null ? address.port : port,
      [Symbol.asyncDispose]: () => this.#unmount(key, listener, path),
    };
  }

  #listen(key: string, { host, port }: { host: string; port: number }): Listener {
    const handlers = new Map<string, WebhookHandler>();
    const server = createServer({ requestTimeout: requestTimeoutMs, maxHeaderSize: 16_384 }, (request, response) => {
      const handler = handlers.get(pathOf(request));
      if (handler === undefined) return void response.writeHead(404, { connection: "close" }).end();
      handler(request, response).catch(() => response.destroy());
    });
    server.maxConnections = maxConnections;
    const listening = new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
    const listener = { server, handlers, listening };
    this.#listeners.set(key, listener);
    return listener;
  }

  async #unmount(key: string, listener: Listener, path: string): Promise<void> {
    listener.handlers.delete(path);
    if (listener.handlers.size > 0) return;
    if (this.#listeners.get(key) === listener) this.#listeners.delete(key);
    const closed = new Promise((resolve) => listener.server.close(resolve));
    listener.server.closeAllConnections();
    await closed;
  }
}

function pathOf({ url = "/" }: IncomingMessage): string {
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}

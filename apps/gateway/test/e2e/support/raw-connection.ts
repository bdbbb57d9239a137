import { once } from "node:events";

import { WebSocket } from "ws";

import { TOKEN } from "./operator.ts";

/** One connection as a client of another language sees it: frames and the close, nothing in between. */
export class RawConnection implements Disposable {
  readonly frames: Readonly<Record<string, unknown>>[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason: Buffer) => resolve({ code, reason: reason.toString() }));
    });
    socket.on("message", (data: Buffer) => this.frames.push(JSON.parse(data.toString()) as Record<string, unknown>));
  }

  /** Connects with the shared token and waits for hello-ok. */
  static async open(port: number): Promise<RawConnection> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const connection = new RawConnection(socket);
    await once(socket, "open");
    const params = {
      minProtocol: 3,
      maxProtocol: 4,
      client: { id: "gateway-client", mode: "backend", version: "1.0.0", platform: "test" },
      scopes: ["operator.admin"],
      auth: { token: TOKEN },
    };
    socket.send(JSON.stringify({ type: "req", id: "connect", method: "connect", params }));
    while (!connection.frames.some((frame) => frame["id"] === "connect")) await once(socket, "message");
    return connection;
  }

  /** Payloads of the events of one name, in order. */
  events(name: string): unknown[] {
    return this.frames.filter((frame) => frame["event"] === name).map((frame) => frame["payload"]);
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}

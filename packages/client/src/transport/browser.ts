import { ClientError } from "../errors.ts";
import {
  type CloseInfo,
  type OpenTransport,
  printableUrl,
  type Transport,
  type TransportListener,
} from "./transport.ts";

/** How a connection that this side dropped ends for the listener. */
const DROPPED: CloseInfo = { code: 1006, reason: "" };

/** The WebSocket of browsers and of workers. They say nothing of why a connection failed, by design. */
export const openTransport: OpenTransport = ({ url, tlsFingerprint, listener, signal }) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    if (tlsFingerprint !== undefined) {
      const reason = "Browsers do not let a page look at certificates: leave tlsFingerprint out.";
      throw new ClientError("INVALID_REQUEST", reason);
    }
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    const transport = new BrowserTransport(socket, listener);
    const abort = () => {
      reject(signal.reason);
      transport.terminate();
    };
    const settle = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
    socket.addEventListener("open", () => {
      settle();
      resolve(transport);
    });
    socket.addEventListener("close", (event) => {
      settle();
      reject(
        new ClientError(
          "CONNECT_FAILED",
          `Could not connect to ${printableUrl(url)}. Is the gateway running, and is this page's origin allowed?`,
          event.code === 1006 ? {} : { closeCode: event.code, closeReason: event.reason },
        ),
      );
    });
  });

class BrowserTransport implements Transport {
  readonly #socket: WebSocket;
  readonly #listener: TransportListener;
  readonly #decoder = new TextDecoder();
  #opened = false;
  #ended = false;

  constructor(socket: WebSocket, listener: TransportListener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.addEventListener("open", () => {
      this.#opened = true;
    });
    socket.addEventListener("message", ({ data }: { data: unknown }) => this.#message(data));
    socket.addEventListener("close", ({ code, reason }) => this.#end({ code, reason }));
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** A browser can not cut a connection: this starts a close and stops listening, so that nobody waits for a dead peer. */
  terminate(): void {
    this.#socket.close();
    this.#end(DROPPED);
  }

  #message(data: unknown): void {
    if (this.#ended) return;
    this.#listener.message(data instanceof ArrayBuffer ? this.#decoder.decode(data) : String(data));
  }

  #end(info: CloseInfo): void {
    if (this.#ended || !this.#opened) return;
    this.#ended = true;
    this.#listener.closed(info);
  }
}

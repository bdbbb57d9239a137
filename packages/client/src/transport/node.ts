import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { connect, ConnectionOptions } from "node:tls";

import type { RawData, WebSocket } from "ws";

import { ClientError } from "../errors.ts";
import {
  MAX_MESSAGE_BYTES,
  type OpenTransport,
  printableUrl,
  type Transport,
  type TransportListener,
} from "./transport.ts";

/** The WebSocket of Node: `ws`, loaded with the first connection, without compression, as no gateway negotiates it. */
export const openTransport: OpenTransport = async ({ url, tlsFingerprint, listener, signal }) => {
  const { WebSocket } = await import("ws");
  const tls = tlsFingerprint === undefined ? undefined : await import("node:tls");
  signal.throwIfAborted();
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_MESSAGE_BYTES,
    minVersion: "TLSv1.2",
    ...(tls === undefined ? {} : { createConnection: pinned(tls.connect, tlsFingerprint ?? "") }),
  });
  await opened(socket, url, signal, listener);
  return new NodeTransport(socket);
};

/** Resolves when the socket is open. The listeners are set before, as the first message may come with the upgrade. */
function opened(socket: WebSocket, url: string, signal: AbortSignal, listener: TransportListener): Promise<void> {
  return new Promise((resolve, reject) => {
    let open = false;
    const abort = () => {
      reject(signal.reason);
      socket.terminate();
    };
    signal.addEventListener("abort", abort, { once: true });
    const settle = () => signal.removeEventListener("abort", abort);
    socket.on("message", (data: RawData) => listener.message(toText(data)));
    socket.on("open", () => {
      open = true;
      settle();
      resolve();
    });
    // An error is always followed by a close, which carries the same news to whoever is still listening.
    socket.on("error", (error) => {
      settle();
      reject(connectFailure(url, error));
    });
    socket.on("unexpected-response", (request, response) => {
      settle();
      reject(upgradeRefused(url, response));
      request.destroy();
      socket.terminate();
    });
    socket.on("close", (code, reason) => {
      settle();
      if (open) listener.closed({ code, reason: reason.toString() });
      else reject(connectFailure(url, new Error("the connection was closed before it was open")));
    });
  });
}

/** The certificate is another one than the caller knows: someone is in between, or the gateway has a new one. */
class WrongCertificate extends Error {
  readonly code = "TLS_FINGERPRINT_MISMATCH";
}

/**
 * Connects to whoever holds the key of one certificate, and to nobody else: neither authorities nor names are asked.
 * The socket is gone before anything that came over it is read.
 */
function pinned(connectTls: typeof connect, fingerprint: string): (options: object) => Socket {
  return (options: ConnectionOptions) => {
    const { host = "", servername = isAddress(host) ? "" : host } = options;
    const socket = connectTls({ ...options, servername, rejectUnauthorized: false });
    socket.prependListener("secureConnect", () => {
      const shown = socket.getPeerX509Certificate()?.fingerprint256 ?? "none";
      if (shown.replaceAll(":", "") === fingerprint) return;
      socket.destroy(
        new WrongCertificate(`its certificate has the fingerprint ${shown}, which is not the one expected`),
      );
    });
    return socket;
  };
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^[\d.]+$/.test(host);
}

class NodeTransport implements Transport {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    // With a callback ws reports a socket that is closing there, and its close event tells the rest.
    this.#socket.send(text, ignoreSendFailure);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

function ignoreSendFailure(): void {}

function toText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}

function connectFailure(url: string, cause: Error): ClientError {
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  const reason = code === "ECONNREFUSED" ? "nothing listens there" : cause.message || code || "no reason given";
  return new ClientError("CONNECT_FAILED", `Could not connect to ${printableUrl(url)}: ${reason}.`, {
    ...(code === undefined ? {} : { details: { cause: code } }),
    // Trying again would meet the same certificate.
    ...(isCertificateProblem(code) ? { retryable: false } : {}),
    cause,
  });
}

function isCertificateProblem(code: string | undefined): boolean {
  return code !== undefined && /^(?:TLS_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code);
}

/** The server answered the upgrade with plain HTTP: a proxy, another service, or a gateway that turns this peer away. */
function upgradeRefused(url: string, response: IncomingMessage): ClientError {
  const status = response.statusCode ?? 0;
  const answer = `HTTP ${status} ${response.statusMessage ?? ""}`.trim();
  return new ClientError(
    "CONNECT_FAILED",
    `${printableUrl(url)} answered ${answer} where a WebSocket was expected. Is it the address of a gateway?`,
    { details: { httpStatus: status }, retryable: status >= 500 || status === 408 || status === 429 },
  );
}

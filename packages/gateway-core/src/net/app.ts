import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import type { FastifyInstance } from "fastify";

import type { NetSettings } from "./settings.ts";
import type { TlsMaterial } from "./tls/certificate.ts";

/** How often overdue requests are looked for. */
const CHECK_INTERVAL_MS = 5_000;

/**
 * Fastify without what is not used here: request logging, and the compilers of route schemas, which take a third of
 * its start-up time.
 */
export async function createApp({ limits }: NetSettings, tls: TlsMaterial | undefined): Promise<FastifyInstance> {
  const [{ default: fastify }, { default: websocket }] = await Promise.all([
    import("fastify"),
    import("@fastify/websocket"),
  ]);
  const settings = {
    logger: false,
    forceCloseConnections: "idle",
    bodyLimit: limits.maxBodyBytes,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    // Any path is the control plane's; see docs/decisions/0004-one-port.md.
    rewriteUrl: (request: IncomingMessage) => (isWebSocketUpgrade(request) ? "/" : (request.url ?? "/")),
    schemaController: { compilersFactory: { buildValidator: () => noCompiler, buildSerializer: () => noCompiler } },
  } as const;
  const http: ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, limits.headersTimeoutMs),
    shouldUpgradeCallback: isWebSocketUpgrade,
  };
  const app = tls
    ? // To Fastify a server with TLS is of another type, although all that is used here is the same.
      (fastify({
        ...settings,
        https: { ...http, ...tlsOptions(tls), handshakeTimeout: limits.headersTimeoutMs },
      }) as unknown as FastifyInstance)
    : fastify({ ...settings, http });
  app.server.maxConnections = limits.maxSockets;
  refuseEarlyUpgrades(app.server);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  await app.register(websocket, {
    options: {
      maxPayload: limits.maxPayloadBytes,
      perMessageDeflate: false,
      clientTracking: false,
      // Pings are answered by the connection: the library cuts the line of who sends many, without a word.
      autoPong: false,
    },
    // Connections are closed by their owner, with a code that says why.
    preClose: (done) => done(),
    // A socket that broke a rule of WebSocket is on its way to being closed, with a code that tells which.
    errorHandler: (_error, socket) => (socket.readyState === socket.CLOSING ? undefined : socket.terminate()),
  });
  return app;
}

/**
 * Cuts the line of who asks for a WebSocket before the answer to an earlier request is out. The upgrade can not be
 * made then, and nothing else would ever end such a connection.
 */
function refuseEarlyUpgrades(server: Server): void {
  const owed = new WeakMap<Duplex, number>();
  const count = (socket: Duplex, change: number): void => void owed.set(socket, (owed.get(socket) ?? 0) + change);
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1);
    response.once("close", () => count(socket, -1));
  });
  server.on("upgrade", (_request: IncomingMessage, socket: Duplex) => {
    if ((owed.get(socket) ?? 0) > 0) socket.destroy();
  });
}

/** HTTP/2 is not offered: its upgrade to WebSocket is another one, which no client of this protocol knows. */
function tlsOptions({ cert, key }: TlsMaterial) {
  return { cert, key, minVersion: "TLSv1.2", ALPNProtocols: ["http/1.1"] } as const;
}

function noCompiler(): never {
  throw new Error("Routes have no schemas: requests are checked by the gateway's own validators.");
}

function isWebSocketUpgrade(request: { readonly headers: { readonly upgrade?: string | undefined } }): boolean {
  return request.headers.upgrade?.toLowerCase() === "websocket";
}

import type { AddressInfo, BlockList, Socket } from "node:net";

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WebSocket } from "ws";

import { FatalError } from "../errors.ts";
import type { HttpRoute } from "./http-route.ts";
import { addRoutes, errorBody, type RouteDependencies, sendJson } from "./http-routes.ts";
import { isOriginAllowed } from "./origin.ts";
import { identifyPeer, type Peer, trustedProxyList } from "./peer.ts";
import { addProbes, type ProbeSources } from "./probes.ts";
import type { NetSettings } from "./settings.ts";
import { notFoundPage, PAGE_POLICY, statusPage } from "./status-page.ts";

/** An upgraded socket, before anything was said on it. */
export interface OpenedSocket {
  readonly socket: WebSocket;
  readonly stream: Socket;
  readonly peer: Peer;
}

export interface ServerDependencies extends Omit<RouteDependencies, "peerOf"> {
  readonly settings: NetSettings;
  readonly probes: ProbeSources;
  readonly routes: readonly HttpRoute[];
  /** Why a peer can not have a WebSocket now; undefined when it can. */
  readonly refusal: (peer: Peer) => string | undefined;
  readonly onSocket: (opened: OpenedSocket) => void;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** For WebSocket clients. */
  readonly url: string;
}

const PEER = "peer";
/** How often overdue requests are looked for. */
const CHECK_INTERVAL_MS = 5_000;
const REFUSED_RETRY_SECONDS = 2;

/** On every answer. Pages relax what they need. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

/** The one port: HTTP, and WebSocket on any path. Source: R3.1, wire facts 1 and 21. */
export class HttpServer {
  readonly #app: FastifyInstance;
  readonly #settings: NetSettings;

  private constructor(app: FastifyInstance, settings: NetSettings) {
    this.#app = app;
    this.#settings = settings;
  }

  static async create(dependencies: ServerDependencies): Promise<HttpServer> {
    const app = await createApp(dependencies.settings);
    const trusted = trustedProxyList(dependencies.settings.trustedProxies);
    app.decorateRequest(PEER, null);
    app.addHook("onRequest", (request, reply, done) => {
      if (admit(request, reply, dependencies, trusted)) done();
    });
    app.setNotFoundHandler(notFound);
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) dependencies.log.error("an HTTP request failed", { error });
      return sendJson(
        reply,
        status,
        errorBody(status >= 500 ? "Internal error" : error.message, "invalid_request_error"),
      );
    });
    addFrontPage(app, dependencies);
    addProbes(app, dependencies.probes);
    addRoutes(app, dependencies.routes, { ...dependencies, peerOf });
    return new HttpServer(app, dependencies.settings);
  }

  /** Throws FatalError when the address can not be used, at once: the port is the lock. Source: R1.8, F22. */
  async listen(): Promise<Listening> {
    const { host, port } = this.#settings;
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      throw listenError(error, host, port);
    }
    const { port: bound } = this.#app.server.address() as AddressInfo;
    return { host, port: bound, url: `ws://${host.includes(":") ? `[${host}]` : host}:${bound}` };
  }

  /** Takes no new connections, lets running requests end, and cuts what is left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const cut = setTimeout(() => this.#app.server.closeAllConnections(), graceMs);
    try {
      await this.#app.close();
    } finally {
      clearTimeout(cut);
    }
  }
}

/**
 * Fastify without what is not used here: request logging, and the compilers of route schemas, which take a third of
 * its start-up time.
 */
async function createApp({ limits }: NetSettings): Promise<FastifyInstance> {
  const [{ default: fastify }, { default: websocket }] = await Promise.all([
    import("fastify"),
    import("@fastify/websocket"),
  ]);
  const app = fastify({
    logger: false,
    forceCloseConnections: "idle",
    bodyLimit: limits.maxBodyBytes,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    // Any path is the control plane's; see docs/decisions/0004-one-port.md.
    rewriteUrl: (request) => (isWebSocketUpgrade(request) ? "/" : (request.url ?? "/")),
    schemaController: { compilersFactory: { buildValidator: () => noCompiler, buildSerializer: () => noCompiler } },
    http: {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, limits.headersTimeoutMs),
      shouldUpgradeCallback: isWebSocketUpgrade,
    },
  });
  app.server.maxConnections = limits.maxSockets;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  await app.register(websocket, {
    options: { maxPayload: limits.maxPayloadBytes, perMessageDeflate: false, clientTracking: false },
    // Connections are closed by their owner, with a code that says why.
    preClose: (done) => done(),
    errorHandler: (_error, socket) => socket.terminate(),
  });
  return app;
}

function noCompiler(): never {
  throw new Error("Routes have no schemas: requests are checked by the gateway's own validators.");
}

function isWebSocketUpgrade(request: { readonly headers: { readonly upgrade?: string | undefined } }): boolean {
  return request.headers.upgrade?.toLowerCase() === "websocket";
}

function peerOf(request: FastifyRequest): Peer {
  return request.getDecorator<Peer>(PEER);
}

/** What comes before every route. False when the request has been answered. */
function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  dependencies: ServerDependencies,
  trusted: BlockList,
): boolean {
  reply.headers({ ...SECURITY_HEADERS });
  const peer = identifyPeer(request.raw.socket.remoteAddress ?? "", request.headers, trusted);
  if (!peer) {
    const message =
      "The request came through a proxy that this gateway does not know. Add its address to gateway.trustedProxies, or connect directly.";
    void sendJson(reply, 403, errorBody(message, "proxy_attribution_required"));
    return false;
  }
  request.setDecorator(PEER, peer);
  return !request.ws || admitSocket(request, reply, dependencies, peer);
}

function admitSocket(
  request: FastifyRequest,
  reply: FastifyReply,
  { settings, refusal, log }: ServerDependencies,
  peer: Peer,
): boolean {
  const { origin, host } = request.headers;
  if (!isOriginAllowed(origin, { allowed: settings.allowedOrigins, isLoopbackPeer: peer.isLoopback, host })) {
    log.warn("a web page of a foreign origin tried to connect", { origin, address: peer.address });
    const message =
      "origin not allowed: open the page from the gateway's own machine, or add its origin to gateway.controlUi.allowedOrigins";
    void sendJson(reply, 403, errorBody(message, "origin_not_allowed"));
    return false;
  }
  const reason = refusal(peer);
  if (reason === undefined) {
    // So that the answer to the upgrade and the first frame leave together.
    const { socket } = request.raw;
    socket.cork();
    queueMicrotask(() => socket.uncork());
    return true;
  }
  void sendJson(reply.header("retry-after", REFUSED_RETRY_SECONDS), 503, errorBody(reason, "unavailable"));
  return false;
}

function addFrontPage(app: FastifyInstance, { onSocket, probes }: ServerDependencies): void {
  app.route({
    method: "GET",
    url: "/",
    handler: (_request, reply) =>
      sendPage(reply, 200, statusPage({ version: probes.version, uptimeMs: probes.uptimeMs() })),
    wsHandler: (socket, request) => onSocket({ socket, stream: request.raw.socket, peer: peerOf(request) }),
  });
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wantsPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
  if (wantsPage) return sendPage(reply, 404, notFoundPage());
  return sendJson(reply, 404, errorBody("Not Found", "not_found"));
}

function sendPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).header("content-security-policy", PAGE_POLICY).type("text/html; charset=utf-8").send(page);
}

function listenError(error: unknown, host: string, port: number): Error {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    const remedy = `Stop the other process (lsof -i :${port} shows it), or choose another port: openclaw gateway --port <number>.`;
    return new FatalError(`Another process listens on ${host}:${port}.`, remedy, { cause: error });
  }
  if (code === "EACCES") {
    return new FatalError(
      `The system does not allow this process to listen on ${host}:${port}.`,
      "Choose a port above 1023: openclaw gateway --port <number>.",
      { cause: error },
    );
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new FatalError(
      `This machine has no address ${host}.`,
      "Set gateway.bind to loopback, or gateway.customBindHost to an address of this machine.",
      { cause: error },
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}

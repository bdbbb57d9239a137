import type { AddressInfo, Socket } from "node:net";

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WebSocket } from "ws";

import { FatalError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { createApp } from "./app.ts";
import type { HttpRoute } from "./http-route.ts";
import { addRoutes, errorBody, type RouteDependencies, sendJson } from "./http-routes.ts";
import { isOriginAllowed } from "./origin.ts";
import { identifyPeer, type Peer, tailnetPeer, trustedProxyList } from "./peer.ts";
import { addProbes, type ProbeSources } from "./probes.ts";
import type { NetSettings } from "./settings.ts";
import { tailscaleClaim, TailscaleDirectory } from "./tailscale.ts";
import { CertificateKeeper } from "./tls/keeper.ts";
import { notFoundPage, PAGE_POLICY, statusPage } from "./status-page.ts";

/** An upgraded socket, before anything was said on it. */
export interface OpenedSocket {
  readonly socket: WebSocket;
  readonly stream: Socket;
  readonly peer: Peer;
}

export interface ServerDependencies extends Omit<RouteDependencies, "peerOf"> {
  readonly settings: NetSettings;
  readonly clock: Pick<Clock, "now" | "setInterval">;
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
  /** SHA-256 of the certificate, for clients to pin; undefined without TLS. */
  readonly fingerprint: string | undefined;
}

const PEER = "peer";
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
  readonly #certificate: CertificateKeeper | undefined;

  private constructor(app: FastifyInstance, settings: NetSettings, certificate: CertificateKeeper | undefined) {
    this.#app = app;
    this.#settings = settings;
    this.#certificate = certificate;
  }

  /** Throws FatalError when there is no usable certificate. */
  static async create(dependencies: ServerDependencies): Promise<HttpServer> {
    const { settings } = dependencies;
    const certificate = settings.tls && (await CertificateKeeper.load(settings.tls, dependencies));
    const app = await createApp(settings, certificate?.material);
    const trusted = trustedProxyList(settings.trustedProxies);
    const tailnet = settings.tailscale && new TailscaleDirectory(settings.tailscale, dependencies.clock);
    app.decorateRequest(PEER, null);
    app.addHook("onRequest", (request, reply, done) => {
      const { remoteAddress = "" } = request.raw.socket;
      const claim = tailnet && tailscaleClaim(remoteAddress, request.headers);
      if (!claim) {
        if (admit(request, reply, dependencies, identifyPeer(remoteAddress, request.headers, trusted))) done();
        return;
      }
      void tailnet.confirms(claim).then((isTrue) => {
        const { headers } = request;
        const peer = isTrue ? tailnetPeer(claim, headers.origin) : identifyPeer(remoteAddress, headers, trusted);
        if (admit(request, reply, dependencies, peer)) done();
      });
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
    return new HttpServer(app, settings, certificate);
  }

  /** Throws FatalError when the address can not be used, at once: the port is the lock. Source: R1.8, F22. */
  async listen(): Promise<Listening> {
    const { host, port } = this.#settings;
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      throw listenError(error, host, port);
    }
    const { server } = this.#app;
    const { port: bound } = server.address() as AddressInfo;
    this.#certificate?.keep(server);
    return {
      host,
      port: bound,
      url: `${this.#certificate ? "wss" : "ws"}://${host.includes(":") ? `[${host}]` : host}:${bound}`,
      fingerprint: this.#certificate?.material.fingerprint,
    };
  }

  /** Takes no new connections, lets running requests end, and cuts what is left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#certificate?.[Symbol.dispose]();
    const cut = setTimeout(() => this.#app.server.closeAllConnections(), graceMs);
    try {
      await this.#app.close();
    } finally {
      clearTimeout(cut);
    }
  }
}

function peerOf(request: FastifyRequest): Peer {
  return request.getDecorator<Peer>(PEER);
}

/** What comes before every route. False when the request has been answered. */
function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  dependencies: ServerDependencies,
  peer: Peer | undefined,
): boolean {
  reply.headers({ ...SECURITY_HEADERS });
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

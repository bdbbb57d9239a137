import { Readable } from "node:stream";

import { ERROR_CODES } from "@openclaw/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { GatewayError, toErrorShape } from "../errors.ts";
import type { Logger } from "../ports.ts";
import type { HttpContext, HttpMethod, HttpReply, HttpRequest, HttpRoute } from "./http-route.ts";
import type { Peer } from "./peer.ts";

export type BearerDecision = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs?: number };

export interface RouteDependencies {
  readonly log: Logger;
  readonly peerOf: (request: FastifyRequest) => Peer;
  readonly authorize: (bearer: string | undefined, peer: Peer) => BearerDecision;
  readonly callFor: (peer: Peer, isAuthorized: boolean, signal: AbortSignal) => HttpContext["call"];
}

const ALL_METHODS: readonly HttpMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Adds the host's routes, and a plain 405 for the other methods of their paths. */
export function addRoutes(app: FastifyInstance, routes: readonly HttpRoute[], dependencies: RouteDependencies): void {
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      ...(route.maxBodyBytes === undefined ? {} : { bodyLimit: route.maxBodyBytes }),
      // Before the body is read: strangers do not get to fill memory.
      onRequest: (request, reply, done) => {
        if (route.auth === "none" || authorize(request, reply, dependencies)) done();
      },
      handler: (request, reply) => serve(route, request, reply, dependencies),
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    refuseOtherMethods(
      app,
      path,
      routes.filter((route) => route.path === path).map((route) => route.method),
    );
  }
}

/** Answers 405 with `allow` to the methods a path does not have. */
export function refuseOtherMethods(app: FastifyInstance, path: string, allowed: readonly HttpMethod[]): void {
  const allow = allowed.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
  app.route({
    method: [...ALL_METHODS, "OPTIONS" as const].filter((method) => method === "OPTIONS" || !allowed.includes(method)),
    url: path,
    exposeHeadRoute: false,
    handler: (_request, reply) =>
      reply.code(405).header("allow", allow).type("text/plain; charset=utf-8").send("Method Not Allowed"),
  });
}

/** An error in the form that clients of HTTP APIs know. */
export function errorBody(message: string, type: string): string {
  return JSON.stringify({ error: { message, type } });
}

export function sendJson(reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply.code(status).type("application/json; charset=utf-8").send(body);
}

/** False when the request has been answered with a refusal. */
function authorize(
  request: FastifyRequest,
  reply: FastifyReply,
  { peerOf, authorize: decide }: RouteDependencies,
): boolean {
  const bearer = /^Bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? "")?.[1];
  const decision = decide(bearer, peerOf(request));
  if (decision.ok) return true;
  if (decision.retryAfterMs === undefined) {
    void sendJson(reply.header("www-authenticate", "Bearer"), 401, errorBody("Unauthorized", "unauthorized"));
  } else {
    const seconds = Math.ceil(decision.retryAfterMs / 1_000);
    const message = `Too many wrong credentials from this address; try again in ${seconds} s.`;
    void sendJson(reply.header("retry-after", seconds), 429, errorBody(message, "rate_limited"));
  }
  return false;
}

async function serve(
  route: HttpRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  dependencies: RouteDependencies,
): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort(new Error("The client is gone.")));
  const peer = dependencies.peerOf(request);
  const call = dependencies.callFor(peer, route.auth === "gateway", gone.signal);
  try {
    const response = await route.handle(toHttpRequest(request, peer), { signal: gone.signal, call });
    const { status = 200, headers = {}, body = "" } = response;
    return await reply
      .code(status)
      .headers({ ...headers })
      .send(isChunked(body) ? Readable.from(body) : body);
  } catch (error) {
    const { code, message, retryAfterMs } = toErrorShape(error);
    if (!(error instanceof GatewayError)) dependencies.log.error("an HTTP route failed", { path: route.path, error });
    if (retryAfterMs !== undefined) reply.header("retry-after", Math.ceil(retryAfterMs / 1_000));
    return sendJson(reply, ERROR_CODES[code].httpStatus, errorBody(message, code.toLowerCase()));
  }
}

function isChunked(body: NonNullable<HttpReply["body"]>): body is AsyncIterable<string | Uint8Array> {
  return typeof body === "object" && Symbol.asyncIterator in body;
}

function toHttpRequest(request: FastifyRequest, peer: Peer): HttpRequest {
  const url = new URL(request.url, "http://gateway");
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return {
    method: request.method,
    path: url.pathname,
    params: request.params as Readonly<Record<string, string>>,
    query: url.searchParams,
    headers: request.headers,
    body,
    json: () => parseJson(body),
    remoteAddress: peer.address,
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GatewayError("INVALID_REQUEST", `The body is not JSON: ${reason}`, { cause: error });
  }
}

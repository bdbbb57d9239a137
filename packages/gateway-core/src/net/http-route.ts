import type { IncomingHttpHeaders } from "node:http";

import type { MethodName, ParamsOf, ResultOf } from "@openclaw/protocol";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The named parts of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Empty when there is none. */
  readonly body: Buffer;
  /** The body as JSON. Throws INVALID_REQUEST when it is not. */
  json(): unknown;
  readonly remoteAddress: string;
}

export interface HttpReply {
  /** 200 without it. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Chunks of an iterable are sent as they come. */
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

export interface HttpContext {
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Calls a gateway method with the request's rights: all with the gateway's credential, none without. */
  readonly call: <M extends MethodName>(method: M, params: ParamsOf<M>) => Promise<ResultOf<M>>;
}

/** A route that is served beside the gateway's own. */
export interface HttpRoute {
  readonly method: HttpMethod;
  /** Such as /hooks/:name or /files/*. */
  readonly path: string;
  /** `gateway`: the gateway's token or password as `Authorization: Bearer`; `none`: the route looks after itself. */
  readonly auth: "gateway" | "none";
  /** The gateway's limit without it. */
  readonly maxBodyBytes?: number;
  /** Errors it throws become JSON answers; see the table of error codes for their status. */
  handle(request: HttpRequest, context: HttpContext): HttpReply | Promise<HttpReply>;
}

import { type IncomingMessage, request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

import { GatewayError } from "../errors.ts";
import type { EgressLimits } from "../ports.ts";

/** One request on the way to an answer. */
export interface Hop {
  readonly url: URL;
  /** What the name resolved to; the connection goes to one of these. */
  readonly addresses: readonly string[];
  readonly isAllowed: (address: string) => boolean;
}

export interface HopAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly isTruncated: boolean;
}

const MAX_HEADER_BYTES = 32_768;

/** Makes one request on a connection of its own and reads the answer up to the limit. Throws GatewayError. */
export async function requestOnce(hop: Hop, limits: EgressLimits, signal: AbortSignal): Promise<HopAnswer> {
  try {
    const response = await open(hop, limits, signal);
    const { statusCode: status = 0, headers } = response;
    const { body, isTruncated } = await readBody(response, limits.maxBytes);
    return { status, location: headers.location, contentType: headers["content-type"] ?? "", body, isTruncated };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof GatewayError) throw error;
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new GatewayError("UNAVAILABLE", `${hop.url.host} could not be reached${code}.`, { cause: error });
  }
}

function open({ url, addresses, isAllowed }: Hop, limits: EgressLimits, signal: AbortSignal): Promise<IncomingMessage> {
  const options: RequestOptions = {
    agent: false,
    headers: {
      accept: "text/html,application/xhtml+xml,application/json;q=0.9,text/*;q=0.8,*/*;q=0.5",
      "accept-encoding": "gzip, deflate, br",
      "user-agent": limits.userAgent,
    },
    lookup: pinned(addresses),
    maxHeaderSize: MAX_HEADER_BYTES,
    signal,
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, options);
    request.once("socket", (socket) => {
      socket.once("connect", () => {
        // Where the connection went in the end counts, whatever led there.
        if (isAllowed(socket.remoteAddress ?? "")) return;
        request.destroy(new GatewayError("INVALID_REQUEST", `${url.host} led to an address that may not be fetched.`));
      });
    });
    request.once("response", resolve);
    request.on("error", reject);
    request.end();
  });
}

/** Answers with the addresses that were checked, and asks no name server again. */
function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, { all }, callback) => {
    const [first] = found;
    if (first === undefined) callback(new Error("no address"), "");
    else if (all === true) callback(null, found);
    else callback(null, first.address, first.family);
  };
}

/** The limit holds for what comes out of the compression, so that a small answer can not become a large one. */
async function readBody(
  response: IncomingMessage,
  maxBytes: number,
): Promise<{ body: Uint8Array; isTruncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const decoded = decode(response);
  for await (const chunk of decoded as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, maxBytes - size));
    size += chunk.length;
    // Leaving the loop destroys the stream and closes the connection.
    if (size > maxBytes) return { body: Buffer.concat(chunks), isTruncated: true };
  }
  return { body: Buffer.concat(chunks), isTruncated: false };
}

function decode(response: IncomingMessage): Readable {
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const decoder = decoderFor(encoding);
  if (decoder === undefined) return response;
  // A failure of either is seen by whoever reads the decoder.
  pipeline(response, decoder, () => {});
  return decoder;
}

function decoderFor(encoding: string) {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

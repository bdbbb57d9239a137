import http from "node:http";
import https from "node:https";

import { ConnectionFailure } from "../errors.ts";

export interface DownloadRequest {
  readonly url: URL;
  readonly agent: http.Agent;
  /** The connection is given up when nothing comes for so long, in milliseconds. */
  readonly idleTimeoutMs: number;
  readonly redact: (text: string) => string;
}

/** The body of a file, as it comes. Throws ConnectionFailure, also in the middle of it. */
export async function download(
  { url, agent, idleTimeoutMs, redact }: DownloadRequest,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const get = url.protocol === "http:" ? http.get : https.get;
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = get(url, { agent, signal, timeout: idleTimeoutMs }, resolve);
    request.once("timeout", () => request.destroy(new Error("nothing came for too long")));
    request.once("error", (error) => reject(failureOf(error, redact)));
  });
  if (response.statusCode !== 200) {
    response.resume();
    const code = String(response.statusCode);
    throw new ConnectionFailure({ written: true, code, reason: `The download was answered with ${code}.` });
  }
  return bodyOf(response, redact);
}

async function* bodyOf(
  response: http.IncomingMessage,
  redact: (text: string) => string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw failureOf(error, redact);
  } finally {
    response.destroy();
  }
}

function failureOf(error: unknown, redact: (text: string) => string): ConnectionFailure {
  const reason = redact(error instanceof Error ? error.message : String(error));
  return new ConnectionFailure({ written: true, code: "DOWNLOAD", reason: `The download broke off: ${reason}` });
}

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

import { anthropicMessages } from "./anthropic.ts";
import { echoScript } from "./default-script.ts";
import { type Dialect, isRecord, type PlainMessage } from "./dialect.ts";
import { googleGenerate } from "./google.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";
import type { FakeAnswer, FakeReply } from "./reply.ts";

const DIALECTS: readonly Dialect[] = [openaiChat, openaiResponses, anthropicMessages, googleGenerate];
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_RECORDED_REQUESTS = 10_000;
const REQUEST_DEADLINE_MS = 10_000;

/** One request that the fake model received. */
export interface FakeModelRequest {
  readonly dialect: Dialect["name"];
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The conversation in the body, oldest first, system prompt left out. */
  readonly messages: readonly PlainMessage[];
  /** The model the request names. */
  readonly model: string;
  /** Resolves when the exchange is over: `complete` when all was written, `closed` when the client left first. */
  readonly ended: Promise<"complete" | "closed">;
}

/** Decides the reply to one request. */
export type FakeModelScript = (request: FakeModelRequest) => FakeReply;

export interface FakeModelOptions {
  /** 0, a free port, when absent. */
  readonly port?: number;
  /** The echo script when absent. */
  readonly script?: FakeModelScript;
}

/** A model server on loopback that does what a test tells it. */
export interface FakeModel extends AsyncDisposable {
  readonly port: number;
  /** Base URLs as a provider configuration wants them. */
  readonly baseUrls: { readonly openai: string; readonly anthropic: string; readonly google: string };
  /** Every request so far, oldest first. */
  readonly requests: readonly FakeModelRequest[];
  /** Replies for the next requests, one each, in order; after them the script decides again. */
  enqueue(...replies: readonly FakeReply[]): void;
  /** Resolves with the n-th request (the first is 1), which may have arrived already. Rejects after ten seconds. */
  request(number: number): Promise<FakeModelRequest>;
}

const KEEP_ALIVE_MS = 60_000;

/** Starts a fake model server on 127.0.0.1. */
export async function startFakeModel(options: FakeModelOptions = {}): Promise<FakeModel> {
  const script = options.script ?? ((request: FakeModelRequest) => echoScript(request.messages));
  const queued: FakeReply[] = [];
  const requests: FakeModelRequest[] = [];
  const arrivals = new EventTarget();

  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing, (request) => {
      if (requests.length >= MAX_RECORDED_REQUESTS) requests.shift();
      requests.push(request);
      arrivals.dispatchEvent(new Event("request"));
      return queued.shift() ?? script(request);
    }).catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
  });
  // A pause in a test must not end a connection in the very moment that its client uses it again.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  const origin = `http://127.0.0.1:${port}`;

  return {
    port,
    baseUrls: { openai: `${origin}/v1`, anthropic: origin, google: `${origin}/v1beta` },
    requests,
    enqueue: (...replies) => void queued.push(...replies),
    async request(number) {
      const deadline = AbortSignal.timeout(REQUEST_DEADLINE_MS);
      for (;;) {
        const found = requests[number - 1];
        if (found !== undefined) return found;
        await once(arrivals, "request", { signal: deadline });
      }
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("fake model: no TCP port");
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

async function readBody(incoming: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error(`fake model: a request body over ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  return isRecord(body) ? body : {};
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  decide: (request: FakeModelRequest) => FakeReply,
): Promise<void> {
  const path = new URL(incoming.url ?? "/", "http://127.0.0.1").pathname;
  const dialect = DIALECTS.find((candidate) => candidate.handles(path));
  if (incoming.method !== "POST" || dialect === undefined) {
    outgoing.writeHead(404, { "content-type": "application/json" });
    outgoing.end(JSON.stringify({ error: { message: `fake model: nothing at ${incoming.method} ${path}` } }));
    return;
  }
  // Listening starts before the body is read, so that a client that leaves early is seen too.
  const ended = new Promise<"complete" | "closed">((resolve) => {
    outgoing.once("close", () => resolve(outgoing.writableFinished ? "complete" : "closed"));
  });
  const body = await readBody(incoming);
  const named = /\/models\/([^/:]+)/u.exec(path)?.[1] ?? body["model"];
  const model = typeof named === "string" ? named : "";
  const messages = dialect.messages(body);
  const reply = decide({ dialect: dialect.name, path, headers: incoming.headers, body, messages, model, ended });
  await perform(reply, outgoing, { dialect, model, streaming: dialect.wantsStream(path, body) });
}

interface Exchange {
  readonly dialect: Dialect;
  readonly model: string;
  readonly streaming: boolean;
}

async function perform(reply: FakeReply, outgoing: ServerResponse, exchange: Exchange): Promise<void> {
  switch (reply.kind) {
    case "silence":
      return;
    case "disconnect":
      outgoing.destroy();
      return;
    case "raw":
      outgoing.writeHead(reply.status ?? 200, { "content-type": reply.contentType ?? "text/plain", ...reply.headers });
      outgoing.end(reply.body);
      return;
    case "error":
      outgoing.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
      outgoing.end(JSON.stringify(exchange.dialect.error(reply.status, reply.message, reply.code)));
      return;
    case "answer":
      await (exchange.streaming ? streamAnswer(reply, outgoing, exchange) : wholeAnswer(reply, outgoing, exchange));
  }
}

async function wholeAnswer(answer: FakeAnswer, outgoing: ServerResponse, exchange: Exchange): Promise<void> {
  if (answer.delayMs !== undefined) await delay(answer.delayMs);
  outgoing.writeHead(200, { "content-type": "application/json" });
  outgoing.end(JSON.stringify(exchange.dialect.whole(answer, exchange.model)));
}

async function streamAnswer(answer: FakeAnswer, outgoing: ServerResponse, exchange: Exchange): Promise<void> {
  const frames = exchange.dialect.stream(answer, exchange.model);
  outgoing.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  outgoing.flushHeaders();
  for (const frame of frames.content) {
    if (answer.delayMs !== undefined) await delay(answer.delayMs);
    if (outgoing.destroyed) return;
    await write(outgoing, frame);
  }
  switch (answer.ending ?? "finish") {
    case "hang":
      return;
    case "end":
      outgoing.end();
      return;
    case "cut":
      outgoing.destroy();
      return;
    case "finish":
      outgoing.end(frames.final.join(""));
  }
}

/** Writes and waits until the bytes are handed to the system, so that a cut comes after them. */
function write(outgoing: ServerResponse, frame: string): Promise<void> {
  return new Promise((resolve) => {
    outgoing.write(frame, () => resolve());
  });
}

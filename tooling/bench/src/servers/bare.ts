/**
 * The yardstick: a WebSocket server that parses each message with JSON.parse and answers, and does nothing else. It
 * greets and answers `connect`, so that the same load runs against it. Compression is off, as it is in the gateway.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { WebSocketServer } from "ws";

import { CHAT_EVENT, paced } from "./broadcast.ts";
import { serveCommands } from "./commands.ts";

interface Request {
  readonly id: string;
  readonly method: string;
  readonly params?: unknown;
}

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
await once(server, "listening");

/** What every request but connect is answered with. */
let payload: unknown = { ok: true };
/** The answer's payload as text, where the yardstick is to encode it once. */
let encodedPayload: string | undefined;
let seq = 0;

server.on("connection", (socket) => {
  socket.send(JSON.stringify({ type: "event", event: "connect.challenge", payload: { nonce: "n", ts: Date.now() } }));
  socket.on("message", (data: Buffer) => {
    const { id, method } = JSON.parse(data.toString()) as Request;
    if (method === "connect") socket.send(JSON.stringify({ type: "res", id, ok: true, payload: { type: "hello-ok" } }));
    else if (encodedPayload === undefined) socket.send(JSON.stringify({ type: "res", id, ok: true, payload }));
    else socket.send(`{"type":"res","id":${JSON.stringify(id)},"ok":true,"payload":${encodedPayload}}`);
  });
});

const { port } = server.address() as AddressInfo;
serveCommands(
  { url: `ws://127.0.0.1:${port}` },
  {
    /** From now on requests are answered with this, encoded for each or once for all. */
    answerWith(argument: { payload: unknown; encodeOnce: boolean }) {
      payload = argument.payload;
      encodedPayload = argument.encodeOnce ? JSON.stringify(argument.payload) : undefined;
    },
    /** So many messages to every socket, each encoded once and sent in a loop. */
    broadcast({ events }: { events: number }) {
      return paced(events, () => {
        seq += 1;
        const text = JSON.stringify({ type: "event", event: "chat", payload: CHAT_EVENT, seq });
        for (const socket of server.clients) socket.send(text);
      });
    },
  },
  async () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  },
);

import type { WebSocket } from "ws";

import { isResponse } from "./clients.ts";

/** Requests that each connection keeps in flight. */
const WINDOW = 4;
const ASK_TIMEOUT_MS = 10_000;

/** Sends the same request over and over on every socket for a while, and answers how many were answered. */
export async function loadRequests(sockets: readonly WebSocket[], method: string, durationMs: number): Promise<number> {
  const end = performance.now() + durationMs;
  const counts = await Promise.all(sockets.map((socket) => loadSocket(socket, method, end)));
  return counts.reduce((sum, count) => sum + count, 0);
}

function loadSocket(socket: WebSocket, method: string, end: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    const send = () => {
      sent += 1;
      socket.send(`{"type":"req","id":"${sent}","method":"${method}","params":{}}`);
    };
    const finish = (settle: () => void) => {
      socket.off("message", receive);
      socket.off("close", closed);
      settle();
    };
    const closed = () => finish(() => reject(new Error("The server under test closed a connection.")));
    const receive = (data: Buffer) => {
      if (!isResponse(data)) return;
      answered += 1;
      if (performance.now() < end) send();
      else if (answered === sent) finish(() => resolve(answered));
    };
    socket.on("message", receive);
    socket.on("close", closed);
    for (let n = 0; n < WINDOW; n += 1) send();
  });
}

/** Asks once and answers the payload. */
export async function askOnce(socket: WebSocket, method: string): Promise<unknown> {
  const signal = AbortSignal.timeout(ASK_TIMEOUT_MS);
  const answer = new Promise<Buffer>((resolve, reject) => {
    const receive = (data: Buffer) => {
      if (!isResponse(data)) return;
      socket.off("message", receive);
      resolve(data);
    };
    socket.on("message", receive);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  socket.send(JSON.stringify({ type: "req", id: "once", method, params: {} }));
  const { ok, payload } = JSON.parse((await answer).toString()) as { ok: boolean; payload: unknown };
  if (!ok) throw new Error(`The server under test refused ${method}.`);
  return payload;
}

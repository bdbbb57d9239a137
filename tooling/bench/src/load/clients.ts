import { once } from "node:events";

import { WebSocket } from "ws";

import type { BenchDevice } from "./device.ts";

const CONNECT = {
  minProtocol: 3,
  maxProtocol: 4,
  client: { id: "gateway-client", version: "1.0.0", platform: "linux", mode: "backend" },
  role: "operator",
  scopes: ["operator.admin", "operator.read", "operator.write"],
  // As the shipped client.
  caps: ["resume"],
};

/** What tells a response from an event, near the beginning of a frame: a load generator reads no further. */
const RESPONSE_MARK = Buffer.from('"type":"res"');
const LOOKED_AT_BYTES = 64;
const CONNECT_TIMEOUT_MS = 10_000;

export interface Target {
  readonly url: string;
  readonly token?: string;
}

/** What a client shows besides the token. */
export interface ClientChoice {
  readonly device?: BenchDevice;
  /** Where it left its events. */
  readonly resume?: ResumePoint;
}

export interface ResumePoint {
  readonly epoch: string;
  readonly seq: number;
}

/** Opens a socket and goes through the handshake. Cheap on purpose: what is measured is the other end. */
export async function openClient(target: Target, choice: ClientChoice = {}): Promise<WebSocket> {
  return (await connectClient(target, choice)).socket;
}

/** The same, with the answer, which is only read by those who want to. */
export async function connectClient(
  { url, token }: Target,
  { device, resume }: ClientChoice,
): Promise<{ readonly socket: WebSocket; readonly answer: Buffer }> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const [challenge] = (await once(socket, "message", { signal })) as [Buffer];
  const params = {
    ...CONNECT,
    ...(token === undefined ? {} : { auth: { token } }),
    ...(device === undefined ? {} : { device: device.proof(nonceOf(challenge), CONNECT, token ?? "") }),
    ...(resume === undefined ? {} : { resume }),
  };
  socket.send(JSON.stringify({ type: "req", id: "connect", method: "connect", params }));
  for (;;) {
    const [data] = (await once(socket, "message", { signal })) as [Buffer];
    if (!isResponse(data)) continue;
    if (!data.includes('"ok":true')) throw new Error(`The server under test refused: ${data.toString().slice(0, 500)}`);
    return { socket, answer: data };
  }
}

function nonceOf(challenge: Buffer): string {
  return (JSON.parse(challenge.toString()) as { payload: { nonce: string } }).payload.nonce;
}

export async function openClients(target: Target, count: number): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  while (sockets.length < count) {
    const batch = Math.min(50, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: batch }, () => openClient(target)))));
  }
  return sockets;
}

export async function closeClients(sockets: readonly WebSocket[]): Promise<void> {
  await Promise.all(
    sockets.map(async (socket) => {
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, "close");
      socket.terminate();
      await closed;
    }),
  );
}

export function isResponse(data: Buffer): boolean {
  return data.subarray(0, LOOKED_AT_BYTES).includes(RESPONSE_MARK);
}

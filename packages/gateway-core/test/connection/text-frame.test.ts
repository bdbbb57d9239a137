import { once } from "node:events";

import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { frameShared, frameText } from "../../src/connection/wire/text-frame.ts";

// A peer that knows the protocol decides whether the frames are right.
let server: WebSocketServer;
let client: WebSocket;
let write: (parts: readonly Buffer[]) => void;
beforeAll(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const opened = once(server, "connection");
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
  const [, request] = (await opened) as [unknown, { socket: { write(part: Buffer): void } }];
  write = (parts) => parts.forEach((part) => request.socket.write(part));
  await once(client, "open");
});
afterAll(() => {
  client.terminate();
  server.close();
});

async function receive(parts: readonly Buffer[]): Promise<string> {
  const received = once(client, "message");
  write(parts);
  const [data, isBinary] = (await received) as [Buffer, boolean];
  expect(isBinary).toBe(false);
  return data.toString();
}

it.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])("frames a text of %i bytes", async (length) => {
  const text = "x".repeat(length);
  expect(await receive([frameText(text)])).toBe(text);
});

it("counts bytes, not characters", async () => {
  const text = "žluťoučký 🐎".repeat(20);
  expect(await receive([frameText(text)])).toBe(text);
});

it.each([1, 100, 2_000, 2_048, 2_049, 70_000])(
  "frames a shared text of %i bytes behind a beginning of its own",
  async (length) => {
    const shared = Buffer.from("ř".repeat(length / 2));
    expect(await receive(frameShared('{"seq":12,', shared))).toBe(`{"seq":12,${shared.toString()}`);
  },
);

it("does not copy big shared texts", () => {
  const shared = Buffer.alloc(100_000, "x");
  expect(frameShared("{", shared)[1]).toBe(shared);
});

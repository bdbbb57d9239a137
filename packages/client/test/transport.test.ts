import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, describe, expect, it } from "vitest";

import { GatewayClient, type OpenTransport } from "../src/index.ts";
import { openTransport as browser } from "../src/transport/browser.ts";
import { openTransport as node } from "../src/transport/node.ts";
import { failure, FakeGateway, OPTIONS } from "./fake-gateway.ts";

/** A port where nobody listens: one that was free a moment ago. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `ws://127.0.0.1:${port}`;
}

/** Node has the WebSocket of browsers as a global, so both transports meet a real server here. */
const transports: [string, OpenTransport][] = [
  ["node", node],
  ["browser", browser],
];

describe.each(transports)("the %s transport", (name, openTransport) => {
  it("carries requests, answers and events over a real WebSocket, and closes with a code and a reason", async () => {
    await using gateway = new FakeGateway();
    const url = await gateway.listen();
    const client = await GatewayClient.connectThrough(openTransport, { ...OPTIONS, url });
    const events = client.events();
    const text = "ä€😀".repeat(100_000);
    expect(await client.requestRaw("echo", { text })).toEqual({ method: "echo", params: { text } });
    gateway.peer.event("tick", { ts: 1 });
    expect((await events.next()).value).toMatchObject({ event: "tick", seq: 1 });
    await client.close();
    await expect.poll(() => gateway.peer.closed).toEqual({ code: 1000, reason: "client closed" });
  });

  it("reports how the gateway closed, and comes back", async () => {
    await using gateway = new FakeGateway();
    const url = await gateway.listen();
    const reconnect = { delayMs: () => 10 };
    await using client = await GatewayClient.connectThrough(openTransport, { ...OPTIONS, url, reconnect });
    const states = client.states();
    await states.next();
    gateway.peer.close(1012, "service restart");
    expect((await states.next()).value).toMatchObject({
      state: "waiting",
      error: { closeCode: 1012, closeReason: "service restart" },
    });
    expect((await states.next()).value).toMatchObject({ state: "connecting" });
    expect((await states.next()).value).toMatchObject({ state: "open" });
    gateway.peer.cut();
    expect((await states.next()).value).toMatchObject({ state: "waiting", error: { closeCode: 1006 } });
  });

  it("reads binary messages that hold text", async () => {
    await using gateway = new FakeGateway();
    const url = await gateway.listen();
    await using client = await GatewayClient.connectThrough(openTransport, { ...OPTIONS, url });
    const events = client.events();
    const frame = JSON.stringify({ type: "event", event: "tick", payload: { ts: 1 }, seq: 1 });
    gateway.peer.binary(Buffer.from(frame));
    expect((await events.next()).value).toMatchObject({ event: "tick", payload: { ts: 1 } });
  });

  it("R3.9 fails fast and says where when nobody listens", async () => {
    const url = await deadUrl();
    const error = await failure(GatewayClient.connectThrough(openTransport, { ...OPTIONS, url }));
    expect(error).toMatchObject({ code: "CONNECT_FAILED", retryable: true });
    expect((error as Error).message).toContain(url);
    if (name === "node") {
      expect(error).toMatchObject({
        message: `Could not connect to ${url}: nothing listens there.`,
        details: { cause: "ECONNREFUSED" },
      });
    }
  });

  it("drops an attempt that is given up while the server says nothing", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    silent.on("upgrade", () => undefined);
    await once(silent, "listening");
    const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const error = await failure(
      GatewayClient.connectThrough(openTransport, { ...OPTIONS, url, connectTimeoutMs: 100 }),
    );
    expect(error).toMatchObject({ code: "CONNECT_FAILED", message: `${url} did not answer within 100 ms.` });
    silent.closeAllConnections();
    silent.close();
  });
});

describe("an address that answers with plain HTTP", () => {
  const answers = createServer((request, response) => {
    const status = Number(request.url?.slice(1));
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  answers.on("upgrade", (request, socket) => {
    socket.end(`HTTP/1.1 ${request.url?.slice(1)} Nope\r\ncontent-length: 0\r\n\r\n`);
  });
  afterAll(() => {
    answers.close();
  });

  it.each([
    [403, false],
    [404, false],
    [429, true],
    [503, true],
  ])("%i is named, and retryable is %s", async (status, retryable) => {
    if (!answers.listening) await once(answers, "listening");
    const url = `ws://127.0.0.1:${(answers.address() as AddressInfo).port}/${status}`;
    const error = await failure(GatewayClient.connect({ ...OPTIONS, url }));
    expect(error).toMatchObject({ code: "CONNECT_FAILED", details: { httpStatus: status }, retryable });
    expect((error as Error).message).toContain(`HTTP ${status}`);
  });
});

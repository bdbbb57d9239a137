import { createServer } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";

import { FaultProxy } from "../src/fault-proxy.ts";

let asked: string[];
let proxy: FaultProxy;
let close: () => Promise<unknown>;

beforeEach(async () => {
  asked = [];
  const server = createServer((incoming, outgoing) => {
    incoming.setEncoding("utf8").on("data", (text: string) => asked.push(text));
    incoming.on("end", () => outgoing.end(JSON.stringify({ answer: "yes".repeat(100) })));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  proxy = await FaultProxy.start(`http://127.0.0.1:${address.port}`);
  close = () => new Promise((resolve) => server.close(resolve));
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await close();
});

const ask = async (path: string, signal?: AbortSignal) => {
  const response = await fetch(`${proxy.url}${path}`, { method: "POST", body: path, ...(signal ? { signal } : {}) });
  return response.json();
};

it("hands requests and answers on", async () => {
  expect(await ask("/send")).toEqual({ answer: "yes".repeat(100) });
  expect(asked).toEqual(["/send"]);
  expect(proxy.exchanges).toEqual([{ path: "/send", fault: undefined, tookEffect: true }]);
});

it("resets connections before, after and in the middle of what the server does, once each", async () => {
  proxy.next(/send/, { kind: "drop-request" }, { kind: "drop-response" }, { kind: "cut-response" });
  await expect(ask("/send")).rejects.toThrow();
  expect(asked).toEqual([]);
  await expect(ask("/send")).rejects.toThrow();
  await expect(ask("/send")).rejects.toThrow();
  expect(asked).toEqual(["/send", "/send"]);
  await expect(ask("/other")).resolves.toBeDefined();
  await expect(ask("/send")).resolves.toBeDefined();
  expect(proxy.exchanges.map(({ tookEffect }) => tookEffect)).toEqual([false, true, true, true, true]);
});

it("keeps answers back, and tells when the server has done its work", async () => {
  proxy.next(/send/, { kind: "hold-response" });
  const patience = new AbortController();
  const asking = ask("/send", patience.signal);
  expect(await proxy.waitForEffect(/send/)).toMatchObject({ fault: "hold-response" });
  patience.abort();
  await expect(asking).rejects.toThrow();
});

it("delays every matching request until told otherwise", async () => {
  const started = performance.now();
  {
    using _slow = proxy.always(/send/, { kind: "delay", ms: 60 });
    await ask("/send");
    await ask("/send");
  }
  expect(performance.now() - started).toBeGreaterThanOrEqual(110);
  await ask("/send");
  expect(proxy.exchanges.at(-1)).toMatchObject({ fault: undefined });
});

it("refuses connections while it is offline, on the port it had", async () => {
  const { url } = proxy;
  await proxy.goOffline();
  await expect(ask("/send")).rejects.toThrow();
  await proxy.goOnline();
  expect(proxy.url).toBe(url);
  await expect(ask("/send")).resolves.toBeDefined();
});

import { createContext, runInContext } from "node:vm";

import { build } from "esbuild";
import { describe, expect, it } from "vitest";

import { FakeGateway, OPTIONS } from "./fake-gateway.ts";

const entry = new URL("../src/index.ts", import.meta.url).pathname;

function bundle(platform: "browser" | "node") {
  return build({
    entryPoints: [entry],
    bundle: true,
    platform,
    format: "iife",
    globalName: "openclaw",
    conditions: ["@openclaw/source"],
    minify: true,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
}

describe("a bundle for browsers", () => {
  it("holds nothing of Node, and neither ws nor zod", async () => {
    const { metafile, outputFiles } = await bundle("browser");
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.some((path) => path.endsWith("src/transport/browser.ts"))).toBe(true);
    expect(inputs.filter((path) => /transport\/node\.ts|node_modules/.test(path))).toEqual([]);
    const [output] = Object.values(metafile.outputs);
    expect(output?.imports).toEqual([]);
    expect(outputFiles[0]?.text).not.toMatch(/\bnode:|\bBuffer\b|\bprocess\b/);
    expect(output?.bytes).toBeLessThan(40_000);
  });

  it("runs where only the globals of browsers are", async () => {
    await using gateway = new FakeGateway();
    const url = await gateway.listen();
    const { outputFiles } = await bundle("browser");
    const context = createContext({
      AbortController,
      AbortSignal,
      WebSocket,
      TextDecoder,
      TextEncoder,
      URL,
      setTimeout,
      clearTimeout,
      queueMicrotask,
    });
    const script = `${outputFiles[0]?.text}
      (async () => {
        const client = await openclaw.GatewayClient.connect(options);
        const events = client.events();
        const answer = await client.requestRaw("echo", { from: "a page" });
        const { value } = await events.next();
        await client.close();
        return JSON.stringify({ answer, event: value.event });
      })()`;
    gateway.script = {
      request(peer, { id, params }) {
        peer.event("tick");
        peer.ok(id, params);
      },
    };
    context["options"] = { ...OPTIONS, url };
    const result: unknown = await runInContext(script, context);
    expect(result).toBe(JSON.stringify({ answer: { from: "a page" }, event: "tick" }));
  });
});

it("a bundle for Node takes ws instead", async () => {
  const { metafile } = await bundle("node");
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.some((path) => path.endsWith("src/transport/node.ts"))).toBe(true);
  expect(inputs.some((path) => path.endsWith("src/transport/browser.ts"))).toBe(false);
  expect(inputs.some((path) => /node_modules\/.*\/?ws\//.test(path))).toBe(true);
});

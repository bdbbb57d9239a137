import { createMemoryChannel } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { sharedSecretOf } from "../src/config/listen.ts";
import { createGateway, FatalError, fixedConfig, type GatewayOptions, systemIds } from "../src/index.ts";
import { RawClient } from "./support/raw-client.ts";
import { hangingScript, ScriptedAgent } from "./support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

async function startGateway(options: GatewayOptions = {}) {
  const memory = createMemoryChannel();
  const gateway = await createGateway({
    stateDir: `${directory.path}/state`,
    config: { gateway: { mode: "local" }, channels: { memory: {} } },
    listen: { port: 0 },
    agent: new ScriptedAgent(),
    channels: [memory.plugin],
    version: "1.2.3",
    ...options,
  });
  await gateway.start();
  return Object.assign(gateway, { platform: memory.platform });
}

const CLIENT = { id: "cli", mode: "cli", version: "1.0.0", platform: "linux" };

function connect(client: RawClient, token: string) {
  const scopes = ["operator.admin"];
  return client.request("connect", {
    minProtocol: 4,
    maxProtocol: 4,
    client: CLIENT,
    role: "operator",
    scopes,
    auth: { token },
  });
}

describe("R9.3 a gateway in another program", () => {
  it("answers a message of a channel, tells a WebSocket client of it, and stops", async () => {
    await using gateway = await startGateway();
    await using client = await RawClient.open(gateway.url);
    await connect(client, gateway.secret);
    gateway.platform.say({ chatId: "ada", text: "hello" });
    await gateway.platform.waitForSent(({ text }) => text === "Echo: hello");
    expect(await client.event("chat", ({ payload }) => payload?.["state"] === "final")).toMatchObject({
      payload: { message: { content: [{ text: "Echo: hello" }] } },
    });
  });

  it("two gateways live in one process and share nothing", async () => {
    await using one = await startGateway();
    await using two = await startGateway({ stateDir: `${directory.path}/other` });
    one.platform.say({ chatId: "ada", text: "hello" });
    await one.platform.waitForSent();
    expect(two.platform.sent).toEqual([]);
    expect((await two.call("sessions.list", {})).count).toBe(0);
    expect((await one.call("sessions.list", {})).count).toBe(1);
    expect(one.secret).not.toBe(two.secret);
  });

  it("takes methods, tools and HTTP routes from outside", async () => {
    await using gateway = await startGateway({
      methods: [
        {
          name: "acme.hello",
          scope: "operator.read",
          parse: (params) => params,
          handle: (params) => ({ hello: (params as { name: string }).name }),
        },
      ],
      routes: [
        {
          method: "GET",
          path: "/acme",
          auth: "gateway",
          handle: async (_request, { call }) => ({ body: JSON.stringify(await call("agents.list", {})) }),
        },
      ],
    });
    await using client = await RawClient.open(gateway.url);
    const hello = await connect(client, gateway.secret);
    expect(JSON.stringify(hello)).toContain("acme.hello");
    expect(hello.payload?.["snapshot"]).toMatchObject({ sessionDefaults: { modelConfigured: true } });
    expect(await client.request("acme.hello", { name: "Ada" })).toMatchObject({ ok: true, payload: { hello: "Ada" } });
    const page = `http://127.0.0.1:${gateway.port}/acme`;
    expect((await fetch(page)).status).toBe(401);
    const answer = await fetch(page, { headers: { authorization: `Bearer ${gateway.secret}` } });
    expect(await answer.json()).toMatchObject({ defaultId: "main" });
  });

  it("calls methods in process with typed answers", async () => {
    await using gateway = await startGateway();
    const run = await gateway.call("agent", { message: "hello", idempotencyKey: "k1" });
    expect(run).toMatchObject({ runId: "k1", status: "ok", result: { payloads: [{ text: "Echo: hello" }] } });
  });
});

describe("R1.2 a gateway that can not run says why and what to do", () => {
  it("R1.8 a taken port, at once, before the database is touched", async () => {
    await using first = await startGateway();
    const second = startGateway({ listen: { port: first.port } });
    await expect(second).rejects.toThrow(FatalError);
    await expect(second).rejects.toThrow(`127.0.0.1:${first.port}`);
  });

  it("F39 state that another gateway uses", async () => {
    await using _first = await startGateway();
    await expect(startGateway()).rejects.toThrow(/Another gateway is using the state/);
  });

  it("an address that others can reach, without a credential", async () => {
    const listen = { port: 0, bind: "lan" as const };
    await expect(startGateway({ listen })).rejects.toThrow(/refusing to bind to 0\.0\.0\.0 without auth/);
  });

  it("S an address that others can reach, with a credential that can be guessed, or without encryption", async () => {
    const token = "a-token-of-32-characters-for-test";
    const listen = { port: 0, bind: "custom" as const };
    const exposed = (gateway: object) => ({
      listen,
      config: { gateway: { mode: "local" as const, customBindHost: "0.0.0.0", ...gateway } },
    });
    const refusals: [object, RegExp][] = [
      [{ auth: { token: "short" }, tls: { enabled: true } }, /the token has 5 characters/u],
      [{ auth: { token } }, /without encryption/u],
      [{ auth: { token }, tls: { autoGenerate: true } }, /without encryption/u],
    ];
    for (const [gateway, reason] of refusals) await expect(startGateway(exposed(gateway))).rejects.toThrow(reason);
    // Only asked, so that no test listens there.
    for (const gateway of [
      { auth: { token }, tls: { enabled: true } },
      { auth: { token }, tls: { enabled: false } },
      { auth: { token }, trustedProxies: ["10.0.0.1"] },
    ]) {
      const { config } = exposed(gateway);
      expect(sharedSecretOf(fixedConfig(config, { stateDir: directory.path }), listen, systemIds).secret).toBe(token);
    }
  });

  it("a custom bind without an address", async () => {
    await expect(startGateway({ listen: { port: 0, bind: "custom", token: "t" } })).rejects.toThrow(
      /customBindHost|no address is given/,
    );
  });
});

describe("R1.3 stopping", () => {
  it("tells every client, closes with going away, and can be called twice", async () => {
    const gateway = await startGateway();
    await using client = await RawClient.open(gateway.url);
    await connect(client, gateway.secret);
    const stopped = Promise.all([gateway.stop(), gateway.stop()]);
    expect(await client.event("shutdown")).toMatchObject({ payload: { reason: "gateway stopping" } });
    expect(await client.close()).toMatchObject({ code: 1012, reason: "service restart" });
    await stopped;
    await expect(fetch(`http://127.0.0.1:${gateway.port}/healthz`)).rejects.toThrow();
  });

  it("R5.12 answers a client whose run does not end before the deadline", async () => {
    const agent = new ScriptedAgent();
    const { script, begun } = hangingScript();
    agent.script = script;
    const gateway = await startGateway({ agent });
    await using client = await RawClient.open(gateway.url);
    await connect(client, gateway.secret);
    const accepted = await client.request("agent", { message: "hello", idempotencyKey: "k1" });
    expect(accepted).toMatchObject({ ok: true, payload: { status: "accepted", runId: "k1" } });
    await begun;
    await gateway.stop({ drainMs: 0 });
    await client.close();
    await using next = await startGateway();
    const run = await next.call("agent.wait", { runId: "k1", timeoutMs: 5_000 });
    expect(run).toMatchObject({ status: "ok" });
  });
});

import { EVENTS } from "@openclaw/protocol";
import { EVENT_CONTRACTS, METHOD_CONTRACTS } from "@openclaw/protocol/contracts";
import { ManualClock } from "@openclaw/testkit/clock";
import { eventually } from "@openclaw/testkit/eventually";
import { describe, expect, it } from "vitest";

import { FatalError } from "../src/errors.ts";
import { CLI, connectParams, connectParams3, openPlane } from "./support/plane.ts";
import type { RawClient } from "./support/raw-client.ts";

const UI = {
  id: "openclaw-macos",
  version: "1.0.0",
  platform: "macos",
  mode: "ui",
  displayName: "Mac B",
  deviceFamily: "Mac",
  instanceId: "inst-b",
};
const NODE = { id: "node-host", version: "1.0.0", platform: "linux", mode: "node", displayName: "Node N" };

const ACCOUNT = {
  channel: "telegram",
  label: "Telegram",
  status: {
    accountId: "default",
    enabled: true,
    configured: true,
    running: true,
    connected: false,
    state: "unauthorized" as const,
    detail: "401",
  },
};

/** What a connection has got after the hello. */
function told(client: RawClient): (string | undefined)[] {
  return client.frames
    .filter(({ event }) => event !== undefined && event !== "connect.challenge")
    .map(({ event }) => event);
}

describe("R5.4 hello-ok", () => {
  it("has everything a client needs to show the gateway, in the form of protocol 4", async () => {
    await using open = await openPlane();
    await using client = await open.connect();
    const hello = client.hello.payload;
    expect(hello).toMatchObject({
      type: "hello-ok",
      protocol: 4,
      server: {
        version: "1.2.3",
        host: "test-host",
        bootId: "11111111-1111-4111-8111-111111111111",
        connId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      },
      features: { methods: ["health", "system-event", "system-presence"], capabilities: [] },
      snapshot: {
        presence: [{ host: "test-host", mode: "gateway", reason: "self" }],
        health: { ok: true, channels: {}, defaultAgentId: "main" },
        stateVersion: { presence: open.parts.presence.version, health: open.parts.health.version },
        uptimeMs: expect.any(Number) as number,
        suspension: { phase: "accepting" },
        appliedConfigHash: "hash-of-the-configuration",
        sessionDefaults: { mainSessionKey: "agent:main:main" },
        configPath: "/home/me/.openclaw/openclaw.json",
        stateDir: "/home/me/.openclaw",
        authMode: "token",
      },
      auth: { method: "token", role: "operator", scopes: ["operator.admin"] },
      policy: { maxPayload: 26_214_400, maxBufferedBytes: 16_777_216, tickIntervalMs: 30_000 },
    });
    expect(JSON.stringify(hello)).not.toContain("right-token");
  });

  it.each([3, 4])("R5.8 keeps to its contract in protocol %i, and so do the events of the state", async (protocol) => {
    await using open = await openPlane({ accounts: [ACCOUNT] });
    await using client = await open.connect({ minProtocol: protocol, maxProtocol: protocol, client: UI });
    const contracts = Object.values(METHOD_CONTRACTS);
    const { result } = contracts.find(({ name }) => name === "connect") ?? {};
    // A schema that drops what it does not know must drop nothing.
    expect(result?.parse(client.hello.payload)).toEqual(client.hello.payload);
    await open.parts.health.probe(new AbortController().signal);
    open.bus.publish("health", open.parts.health.current);
    for (const { name, payload } of Object.values(EVENT_CONTRACTS)) {
      if (name !== "health" && name !== "presence") continue;
      const frame = await client.event(name);
      expect(payload.parse(frame.payload)).toEqual(frame.payload);
    }
  });

  it("has no auth block and no capabilities in protocol 3", async () => {
    await using open = await openPlane();
    await using client = await open.connect(connectParams3());
    const { payload } = client.hello;
    expect(payload).toMatchObject({
      protocol: 3,
      server: { host: "test-host" },
      snapshot: { configPath: expect.any(String) as string },
    });
    expect(payload).not.toHaveProperty("auth");
    expect(payload?.["features"]).not.toHaveProperty("capabilities");
    for (const name of ["suspension", "appliedConfigHash", "authMode"]) {
      expect(payload?.["snapshot"]).not.toHaveProperty(name);
    }
  });

  it("shows paths to administrators alone", async () => {
    await using open = await openPlane();
    await using reader = await open.connect({ scopes: ["operator.read"] });
    const snapshot = reader.hello.payload?.["snapshot"];
    for (const name of ["configPath", "stateDir", "authMode"]) expect(snapshot).not.toHaveProperty(name);
  });

  it("advertises what is served and nothing else", async () => {
    await using open = await openPlane({
      extraMethods: [{ name: "my.method", scope: null, parse: () => undefined, handle: () => 1 }],
    });
    await using client = await open.connect();
    expect(client.hello.payload?.["features"]).toMatchObject({
      methods: ["health", "system-event", "system-presence", "my.method"],
      events: Object.keys(EVENTS).filter((name) => !name.startsWith("node.")),
    });
  });
});

describe("events", () => {
  it("R5.3 are numbered per connection from 1, without a gap, whatever others get", async () => {
    await using open = await openPlane();
    await using early = await open.connect();
    open.bus.publish("tick", { ts: 1 });
    await using late = await open.connect({ scopes: [] });
    for (let ts = 2; ts <= 6; ts += 1) {
      open.bus.publish("tick", { ts });
      open.bus.publish("presence", { presence: [] });
    }
    await Promise.all([early, late].map((client) => client.event("tick", ({ payload }) => payload?.["ts"] === 6)));
    await early.event("presence", ({ seq }) => seq === 11);
    expect(early.frames.flatMap(({ seq }) => seq ?? [])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(late.frames.flatMap(({ seq }) => seq ?? [])).toEqual([1, 2, 3, 4, 5]);
    expect(told(late)).toEqual(["tick", "tick", "tick", "tick", "tick"]);
  });

  it("R6.11 presence and health carry both state versions, others none", async () => {
    await using open = await openPlane();
    await using client = await open.connect();
    open.parts.presence.note({ text: "Node: kitchen", host: "kitchen" });
    await open.parts.health.probe(new AbortController().signal);
    open.bus.publish("health", open.parts.health.current);
    open.bus.publish("tick", { ts: 1 });
    const stateVersion = { presence: open.parts.presence.version, health: open.parts.health.version };
    expect((await client.event("presence")).stateVersion).toEqual(stateVersion);
    expect(await client.event("health")).toMatchObject({ stateVersion, payload: { ok: true } });
    expect(await client.event("tick")).not.toHaveProperty("stateVersion");
  });

  it("reach whoever has the scope, and nodes only what needs none", async () => {
    await using open = await openPlane();
    await using reader = await open.connect({ scopes: ["operator.read"] });
    await using writer = await open.connect({ scopes: ["operator.write"] });
    await using pairer = await open.connect({ scopes: ["operator.pairing"] });
    await using node = await open.connect(connectParams3({ client: NODE, role: "node", scopes: [] }));
    const chat = { runId: "r", sessionKey: "agent:main:main", seq: 1, state: "final" as const };
    open.bus.publish("chat", chat);
    open.bus.publish("node.pair.requested", { requestId: "q", nodeId: "n", isRepair: false, ts: 1 });
    open.bus.publish("health", open.parts.health.current);
    open.bus.publish("tick", { ts: 1 });
    await Promise.all([reader, writer, pairer, node].map((client) => client.event("tick")));
    const kinds = (client: RawClient) => told(client).filter((name) => name !== "presence");
    expect(kinds(reader)).toEqual(["chat", "health", "tick"]);
    expect(kinds(writer)).toEqual(["chat", "health", "tick"]);
    expect(kinds(pairer)).toEqual(["node.pair.requested", "tick"]);
    expect(kinds(node)).toEqual(["health", "tick"]);
  });

  it("can be for certain connections, who need the scope all the same", async () => {
    await using open = await openPlane();
    await using target = await open.connect();
    await using other = await open.connect();
    await using node = await open.connect(connectParams3({ client: NODE, role: "node", scopes: [] }));
    await using weak = await open.connect({ scopes: [] });
    const ids = [target, node, weak].map(({ hello }) => {
      const server = hello.payload?.["server"] as { connId: string } | undefined;
      return server?.connId ?? "none";
    });
    const chat = { runId: "r", sessionKey: "agent:main:main", seq: 1, state: "final" as const };
    open.bus.publish("chat", chat, { connectionIds: new Set([...ids, "no-such-connection"]) });
    open.bus.publish("tick", { ts: 1 });
    await Promise.all([target, other, node, weak].map((client) => client.event("tick")));
    expect([target, other, node, weak].map((client) => client.events("chat").length)).toEqual([1, 0, 1, 0]);
    // What one node alone is told is not numbered.
    expect(node.events("chat")[0]).not.toHaveProperty("seq");
    expect(node.events("tick")[0]?.seq).toBe(1);
  });

  it("R5.10 tick comes from one clock for all, every interval", async () => {
    const clock = new ManualClock();
    await using open = await openPlane({ clock });
    await using client = await open.connect();
    await clock.advance(30_000);
    expect(await client.event("tick")).toMatchObject({ payload: { ts: clock.now() }, seq: 1 });
    await clock.advance(60_000);
    await client.event("tick", ({ payload }) => payload?.["ts"] === clock.now());
    expect(client.events("tick")).toHaveLength(3);
  });

  it("R5.11 are not replayed: a client that reconnects starts at 1 and has the state in its hello", async () => {
    await using open = await openPlane();
    await using first = await open.connect();
    open.bus.publish("tick", { ts: 1 });
    await first.event("tick");
    first.socket.terminate();
    await first.close();
    open.parts.presence.note({ text: "Node: kitchen", host: "kitchen" });
    await using second = await open.connect();
    expect(JSON.stringify(second.hello.payload?.["snapshot"])).toContain("Node: kitchen");
    open.bus.publish("tick", { ts: 2 });
    expect(await second.event("tick")).toMatchObject({ seq: 1, payload: { ts: 2 } });
  });
});

describe("R5.5 presence", () => {
  it("shows a client that comes and goes, in one row per instance", async () => {
    await using open = await openPlane();
    await using watcher = await open.connect();
    await using client = await open.connect({ client: UI });
    const connected = await watcher.event("presence", ({ payload }) => JSON.stringify(payload).includes('"connect"'));
    expect(connected.payload?.["presence"]).toMatchObject([
      { mode: "gateway", reason: "self" },
      {
        host: "Mac B",
        mode: "ui",
        reason: "connect",
        instanceId: "inst-b",
        text: "Node: Mac B · mode ui",
        roles: ["operator"],
      },
    ]);
    // The client itself is told too.
    await client.event("presence");
    client.socket.close();
    await watcher.event("presence", ({ payload }) => JSON.stringify(payload).includes('"disconnect"'));
    await using again = await open.connect({ client: { ...UI, instanceId: "INST-B" } });
    await again.event("presence");
    expect(open.parts.presence.list()).toHaveLength(2);
  });

  it("R6.4 the event comes before the answer of system-event", async () => {
    await using open = await openPlane();
    await using client = await open.connect();
    const answer = await client.request("system-event", {
      text: "Node: x",
      mode: "m",
      host: "h1",
      tags: ["a"],
      lastInputSeconds: 5,
    });
    expect(answer.payload).toEqual({ ok: true });
    const types = client.frames.slice(2).map(({ event, type }) => event ?? type);
    expect(types).toEqual(["presence", "res"]);
    const list = await client.request("system-presence");
    expect(list.payload).toMatchObject([
      { reason: "self" },
      { text: "Node: x", host: "h1", tags: ["a"], lastInputSeconds: 5 },
    ]);
  });

  it("R6.4 other text is a note for the main session", async () => {
    await using open = await openPlane();
    await using client = await open.connect();
    expect((await client.request("system-event", { text: " the kettle boils " })).ok).toBe(true);
    expect(open.parts.notes).toEqual(["the kettle boils"]);
    expect((await client.request("system-event", {})).error?.message).toBe(
      "invalid system-event params: must have required property 'text'",
    );
  });
});

describe("R5.12 R1.3 stopping", () => {
  it.each([
    ["protocol 4", connectParams(), { reason: "gateway stopping" }],
    ["protocol 3", connectParams3(), { reason: "gateway stopping", restartExpectedMs: null }],
  ])("tells every client of %s, then closes its socket with 1012", async (_name, params, payload) => {
    await using open = await openPlane();
    await using client = await open.connect(params);
    await using stranger = await open.open();
    await open.plane.close({ reason: "gateway stopping" });
    expect((await client.event("shutdown")).payload).toEqual(payload);
    expect(await client.close()).toEqual({ code: 1012, reason: "service restart" });
    expect(await stranger.close()).toEqual({ code: 1012, reason: "service restart" });
    expect(stranger.events("shutdown")).toEqual([]);
  });

  it("says when it will be back", async () => {
    await using open = await openPlane();
    await using client = await open.connect(connectParams3());
    await open.plane.close({ reason: "gateway restarting", restartExpectedMs: 1_500 });
    expect((await client.event("shutdown")).payload).toEqual({
      reason: "gateway restarting",
      restartExpectedMs: 1_500,
    });
  });

  it("gives running requests their answers before the end, and takes no new ones", async () => {
    const release: (() => void)[] = [];
    const slow = {
      name: "slow",
      scope: null,
      parse: () => undefined,
      handle: () => new Promise((resolve) => release.push(() => resolve("done"))),
    };
    await using open = await openPlane({ extraMethods: [slow] });
    await using client = await open.connect();
    client.sendRaw(JSON.stringify({ type: "req", id: "slow", method: "slow" }));
    await eventually("the request to run", () => release.length === 1);
    open.plane.announceShutdown({ reason: "gateway stopping" });
    await client.event("shutdown");
    expect((await client.request("health")).error).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    await expect(open.open()).rejects.toThrow("503");
    release[0]?.();
    expect((await client.answer("slow")).payload).toBe("done");
    await open.plane.close({ reason: "gateway stopping" });
    expect(client.events("shutdown")).toHaveLength(1);
  });

  it("delivers what is on its way first, and does not wait for ever", async () => {
    const big = { name: "big", scope: null, parse: () => undefined, handle: () => "x".repeat(5_000_000) };
    await using open = await openPlane({ extraMethods: [big], limits: { shutdownTimeoutMs: 300 } });
    await using client = await open.connect();
    await using stuck = await open.connect();
    stuck.socket.pause();
    stuck.sendRaw(JSON.stringify({ type: "req", id: "b", method: "big" }));
    client.sendRaw(JSON.stringify({ type: "req", id: "b", method: "big" }));
    await client.answer("b");
    await open.plane.close({ reason: "gateway stopping" });
    expect(open.plane.connectionCount).toBe(0);
    stuck.socket.resume();
    expect(await client.close()).toEqual({ code: 1012, reason: "service restart" });
  });

  it("gives the port back, and a second close is nothing", async () => {
    await using open = await openPlane();
    await open.plane.close({ reason: "gateway stopping" });
    await open.plane.close({ reason: "gateway stopping" });
    await using next = await openPlane({ settings: { port: open.port } });
    await using client = await next.connect();
    expect(client.hello.ok).toBe(true);
  });
});

it("R1.8 F22 a second gateway on the port fails at once, naming the address and what to do", async () => {
  await using open = await openPlane();
  const startedAt = performance.now();
  const error = await openPlane({ settings: { port: open.port } }).catch((thrown: unknown) => thrown);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(error).toBeInstanceOf(FatalError);
  expect((error as FatalError).message).toBe(`Another process listens on 127.0.0.1:${open.port}.`);
  expect((error as FatalError).remedy).toContain("--port");
});

it("two control planes in one process know nothing of each other", async () => {
  await using one = await openPlane();
  await using two = await openPlane();
  await using client = await one.connect();
  await using other = await two.connect({ client: CLI });
  one.bus.publish("tick", { ts: 1 });
  await client.event("tick");
  two.bus.publish("tick", { ts: 2 });
  await other.event("tick");
  expect([client, other].map((each) => each.events("tick").map(({ payload }) => payload?.["ts"]))).toEqual([[1], [2]]);
});

import { countOnSignal } from "@openclaw/testkit/signals";
import { validateConnectParams } from "@openclaw/protocol/validators";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { GatewayClient } from "../src/index.ts";
import { failure, FakeGateway, HELLO, OPTIONS } from "./fake-gateway.ts";

describe("connecting", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("R5.1 answers the challenge with connect and R5.2 resolves with the hello-ok", async () => {
    const gateway = new FakeGateway();
    await using client = await GatewayClient.connectThrough(gateway.openTransport, {
      ...OPTIONS,
      client: { ...OPTIONS.client, displayName: "A test", instanceId: "i1", deviceFamily: "Linux" },
      scopes: ["operator.admin"],
      caps: ["tool-events"],
      locale: "en-GB",
      userAgent: "test/1",
    });
    expect(gateway.peer.connectParams).toEqual({
      minProtocol: 3,
      maxProtocol: 4,
      client: {
        id: "test",
        mode: "test",
        version: "1.0.0",
        platform: "linux",
        displayName: "A test",
        instanceId: "i1",
        deviceFamily: "Linux",
      },
      role: "operator",
      scopes: ["operator.admin"],
      caps: ["tool-events", "resume"],
      auth: { token: "a-token" },
      locale: "en-GB",
      userAgent: "test/1",
    });
    expect(validateConnectParams(gateway.peer.connectParams)).toBe(true);
    expect(client.state).toBe("open");
    expect(client.hello).toEqual(HELLO);
  });

  it("sends what the smallest set of options asks for, and no empty members", async () => {
    const gateway = new FakeGateway();
    const { token: _, ...options } = OPTIONS;
    await using _client = await GatewayClient.connectThrough(gateway.openTransport, { ...options, role: "node" });
    expect(gateway.peer.connectParams).toEqual({
      minProtocol: 3,
      maxProtocol: 4,
      client: OPTIONS.client,
      role: "node",
      caps: [],
    });
    expect(validateConnectParams(gateway.peer.connectParams)).toBe(true);
  });

  it("asks for read and write where the operator names no scopes, and sends a password", async () => {
    const gateway = new FakeGateway();
    const { token: _, ...options } = OPTIONS;
    await using _client = await GatewayClient.connectThrough(gateway.openTransport, { ...options, password: "secret" });
    expect(gateway.peer.connectParams).toMatchObject({
      scopes: ["operator.read", "operator.write"],
      auth: { password: "secret" },
    });
  });

  it("waits for a challenge that is late, and connects without one after 750 ms", async () => {
    const gateway = new FakeGateway({ opened: () => undefined });
    const late = GatewayClient.connectThrough(gateway.openTransport, OPTIONS);
    await vi.advanceTimersByTimeAsync(700);
    expect(gateway.peer.connectParams).toBeUndefined();
    gateway.peer.challenge();
    await using _late = await late;

    const silent = GatewayClient.connectThrough(gateway.openTransport, OPTIONS);
    await vi.advanceTimersByTimeAsync(749);
    expect(gateway.peer.connectParams).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await using _silent = await silent;
    // A challenge after the connect changes nothing.
    gateway.peer.challenge();
    await vi.advanceTimersByTimeAsync(1000);
    expect(gateway.peers).toHaveLength(2);
  });

  it("takes a hello-ok that lacks every member, as older gateways may send", async () => {
    const gateway = new FakeGateway({ connect: (peer) => peer.ok("connect", {}) });
    await using client = await GatewayClient.connectThrough(gateway.openTransport, OPTIONS);
    expect(client.hello).toEqual({});
    expect(await client.requestRaw("echo", { a: 1 })).toEqual({ method: "echo", params: { a: 1 } });
  });

  it("gives up on a gateway that does not answer within connectTimeoutMs", async () => {
    const gateway = new FakeGateway({ connect: () => undefined });
    const failed = failure(GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, connectTimeoutMs: 2000 }));
    await vi.advanceTimersByTimeAsync(2000);
    expect(await failed).toMatchObject({
      code: "CONNECT_FAILED",
      retryable: true,
      message: "ws://127.0.0.1:1 did not answer within 2000 ms.",
    });
    expect(gateway.peer.closed).toEqual({ code: 1006, reason: "" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("throws ClientErrors, also for what a transport of the caller's own throws", async () => {
    const gateway = new FakeGateway();
    gateway.unreachable = true;
    expect(await failure(GatewayClient.connectThrough(gateway.openTransport, OPTIONS))).toMatchObject({
      name: "ClientError",
      code: "CONNECT_FAILED",
      message: "The client failed: nobody is there",
    });
  });

  it("ends the attempt with the signal's reason", async () => {
    const gateway = new FakeGateway({ connect: () => undefined });
    const controller = new AbortController();
    const failed = failure(GatewayClient.connectThrough(gateway.openTransport, OPTIONS, controller.signal));
    await vi.advanceTimersByTimeAsync(1);
    const reason = new Error("no longer wanted");
    controller.abort(reason);
    expect(await failed).toBe(reason);
    expect(gateway.peer.closed).toBeDefined();
    expect(vi.getTimerCount()).toBe(0);

    const never = new FakeGateway();
    expect(await failure(GatewayClient.connectThrough(never.openTransport, OPTIONS, AbortSignal.abort(reason)))).toBe(
      reason,
    );
    expect(never.peers).toHaveLength(0);
  });

  it("F16 leaves nothing behind at the signal of a program that connects again and again", async () => {
    const { signal } = new AbortController();
    for (let connection = 0; connection < 20; connection += 1) {
      const gateway = new FakeGateway();
      await using client = await GatewayClient.connectThrough(gateway.openTransport, OPTIONS, signal);
      expect(client.state).toBe("open");
    }
    const refused = new FakeGateway();
    refused.unreachable = true;
    await failure(GatewayClient.connectThrough(refused.openTransport, OPTIONS, signal));
    expect(countOnSignal(signal)).toBe(0);
  });
});

describe("a refused connection", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("F24 carries the gateway's error, with the close that followed it, and is final", async () => {
    const details = { code: "AUTH_TOKEN_MISMATCH", recommendedNextStep: "update_auth_credentials" };
    const gateway = new FakeGateway({
      connect(peer) {
        peer.fail("connect", { code: "INVALID_REQUEST", message: "unauthorized: gateway token mismatch", details });
        peer.close(1008, "unauthorized: gateway token mismatch");
      },
    });
    const error = await failure(GatewayClient.connectThrough(gateway.openTransport, OPTIONS));
    expect(error).toMatchObject({
      name: "ClientError",
      code: "INVALID_REQUEST",
      message: "unauthorized: gateway token mismatch",
      details,
      retryable: false,
      closeCode: 1008,
      closeReason: "unauthorized: gateway token mismatch",
    });
    expect(gateway.attempts).toBe(1);
  });

  it("does not wait for a close that never comes", async () => {
    const gateway = new FakeGateway({
      connect: (peer) => peer.fail("connect", { code: "NOT_PAIRED", message: "pairing required" }),
    });
    const failed = failure(GatewayClient.connectThrough(gateway.openTransport, OPTIONS));
    await vi.advanceTimersByTimeAsync(250);
    expect(await failed).toMatchObject({ code: "NOT_PAIRED", closeCode: undefined });
    expect(gateway.peer.closed).toBeDefined();
  });

  it("F25 names the close code and reason of a gateway that closes without an answer", async () => {
    const gateway = new FakeGateway({ connect: (peer) => peer.close(1008, "invalid request frame") });
    const error = await failure(GatewayClient.connectThrough(gateway.openTransport, OPTIONS));
    expect(error).toMatchObject({
      code: "CONNECT_FAILED",
      closeCode: 1008,
      closeReason: "invalid request frame",
      retryable: false,
    });
    expect((error as Error).message).toContain("invalid request frame (close code 1008)");
  });

  it("rejects an answer that is no hello-ok", async () => {
    const gateway = new FakeGateway({ connect: (peer) => peer.ok("connect", "hi") });
    expect(await failure(GatewayClient.connectThrough(gateway.openTransport, OPTIONS))).toMatchObject({
      code: "PROTOCOL",
      retryable: false,
    });
  });

  it("asks a gateway that is starting again, until it is ready", async () => {
    let refusals = 2;
    const gateway = new FakeGateway({
      connect(peer) {
        refusals -= 1;
        if (refusals < 0) return peer.hello();
        peer.fail("connect", {
          code: "UNAVAILABLE",
          message: "gateway starting; retry shortly",
          retryable: true,
          retryAfterMs: 500,
        });
        peer.close(1013, "gateway starting");
      },
    });
    const connected = GatewayClient.connectThrough(gateway.openTransport, OPTIONS);
    await vi.advanceTimersByTimeAsync(999);
    expect(gateway.attempts).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    await using client = await connected;
    expect(client.state).toBe("open");
    expect(gateway.attempts).toBe(3);
  });

  it("gives up on a gateway that keeps starting, with its own words, before connectTimeoutMs", async () => {
    const gateway = new FakeGateway({ connect: (peer) => peer.close(1013, "gateway starting") });
    const failed = failure(GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, connectTimeoutMs: 1800 }));
    await vi.advanceTimersByTimeAsync(1800);
    expect(await failed).toMatchObject({ closeCode: 1013, closeReason: "gateway starting" });
    expect(gateway.attempts).toBe(4);
  });
});

describe("options", () => {
  const connect = (options: object) => failure(GatewayClient.connect({ ...OPTIONS, ...options }));

  it("are refused with a word on what was expected", async () => {
    for (const url of ["", "127.0.0.1:18789", "http://127.0.0.1:18789", "file:///tmp/x"]) {
      expect(await connect({ url })).toMatchObject({
        code: "INVALID_REQUEST",
        message: expect.stringContaining("ws://127.0.0.1:18789") as string,
      });
    }
    expect(await connect({ connectTimeoutMs: 0 })).toMatchObject({ code: "INVALID_REQUEST" });
    expect(await connect({ requestTimeoutMs: Number.NaN })).toMatchObject({ code: "INVALID_REQUEST" });
    expect(await connect({ protocol: { minimum: 4, maximum: 3 } })).toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("never show up in an error: neither the token nor what hides in the address", async () => {
    const gateway = new FakeGateway({ connect: (peer) => peer.close(1006, "") });
    const url = "ws://user:pass@127.0.0.1:1/path?token=query-secret#token=hash-secret";
    const error = await failure(GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, url }));
    expect(String(error)).toContain("ws://127.0.0.1:1/path");
    expect(String(error)).not.toMatch(/a-token|pass|query-secret|hash-secret/);
  });
});

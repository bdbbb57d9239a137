import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ClientError, type ClientOptions, GatewayClient } from "../src/index.ts";
import { failure, FakeGateway, HELLO, OPTIONS, type Script } from "./fake-gateway.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function connected(script: Script = {}, options: Partial<ClientOptions> = {}) {
  const gateway = new FakeGateway(script);
  const client = await GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, ...options });
  await vi.advanceTimersByTimeAsync(0);
  return { gateway, client, peer: gateway.peer };
}

describe("a request", () => {
  it("R5.3 resolves with the payload of its own answer, whatever the order of the answers", async () => {
    const { client, peer } = await connected({ request: () => undefined });
    const answers = Promise.all([
      client.request("health", {}),
      client.request("status", {}),
      client.requestRaw("plugin.method", [1]),
    ]);
    await vi.waitFor(() => expect(peer.requests).toHaveLength(3));
    expect(peer.requests.map(({ method, params }) => [method, params])).toEqual([
      ["health", {}],
      ["status", {}],
      ["plugin.method", [1]],
    ]);
    expect(new Set(peer.requests.map(({ id }) => id)).size).toBe(3);
    for (const { id, method } of peer.requests.toReversed()) peer.ok(id, { method });
    expect(await answers).toEqual([{ method: "health" }, { method: "status" }, { method: "plugin.method" }]);
    await client.close();
  });

  it("R5.7 rejects with the gateway's error, whole", async () => {
    const error = {
      code: "UNAVAILABLE",
      message: "try later",
      details: { queue: "full" },
      retryable: true,
      retryAfterMs: 1500,
    };
    const { client } = await connected({ request: (peer, { id }) => peer.fail(id, error) });
    const thrown = await failure(client.request("health", {}));
    expect(thrown).toBeInstanceOf(ClientError);
    expect(thrown).toMatchObject({ name: "ClientError", ...error });
    await client.close();
  });

  it("takes retryable from the error table where the gateway does not say", async () => {
    const codes = ["UNAVAILABLE", "AGENT_TIMEOUT", "INVALID_REQUEST", "FORBIDDEN", "A_CODE_OF_THE_FUTURE", "toString"];
    let next = 0;
    const { client } = await connected({
      request: (peer, { id }) => peer.fail(id, { code: codes[next++], message: "no" }),
    });
    const thrown = [];
    for (const _ of codes) thrown.push(await failure(client.request("health", {})));
    expect(thrown.map((error) => (error as ClientError).code)).toEqual(codes);
    expect(thrown.map((error) => (error as ClientError).retryable)).toEqual([true, true, false, false, false, false]);
    await client.close();
  });

  it("fails with TIMEOUT at its deadline; an answer after that is dropped", async () => {
    const { client, peer } = await connected({ request: () => undefined }, { requestTimeoutMs: 5000 });
    const byDefault = failure(client.request("health", {}));
    const byOption = failure(client.request("health", {}, { timeoutMs: 1000 }));
    await vi.advanceTimersByTimeAsync(1000);
    expect(await byOption).toMatchObject({
      code: "TIMEOUT",
      retryable: true,
      message: "health got no answer within 1000 ms.",
    });
    await vi.advanceTimersByTimeAsync(4000);
    expect(await byDefault).toMatchObject({ code: "TIMEOUT" });
    for (const { id } of peer.requests) peer.ok(id, {});
    await vi.advanceTimersByTimeAsync(0);
    expect(client.state).toBe("open");
    await client.close();
  });

  it("stops waiting when its signal aborts", async () => {
    const { client, peer } = await connected({ request: () => undefined });
    const controller = new AbortController();
    const failed = failure(client.request("health", {}, { signal: controller.signal }));
    await vi.waitFor(() => expect(peer.requests).toHaveLength(1));
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await failed).toBe(reason);
    expect(await failure(client.request("health", {}, { signal: controller.signal }))).toBe(reason);
    expect(peer.requests).toHaveLength(1);
    await client.close();
  });

  it("is refused before it is sent when it is above what the gateway takes, or no JSON", async () => {
    const policy = { ...HELLO.policy, maxPayload: 1000 };
    const { client, peer } = await connected({ connect: (peer) => peer.hello({ policy }) });
    expect(await failure(client.requestRaw("m", { text: "é".repeat(500) }))).toMatchObject({ code: "INVALID_REQUEST" });
    expect(await failure(client.requestRaw("m", { n: 1n }))).toMatchObject({ code: "INVALID_REQUEST" });
    expect(await failure(client.requestRaw("m", {}, { timeoutMs: -1 }))).toMatchObject({ code: "INVALID_REQUEST" });
    expect(peer.requests).toEqual([]);
    await client.requestRaw("m", { text: "é".repeat(400) });
    expect(client.state).toBe("open");
    await client.close();
  });

  it("is refused when 1024 others wait, and leaves them alone", async () => {
    const { client, peer } = await connected({ request: () => undefined });
    const waiting = Array.from({ length: 1024 }, () => client.requestRaw("m", {}));
    expect(await failure(client.requestRaw("m", {}))).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    await vi.waitFor(() => expect(peer.requests).toHaveLength(1024));
    for (const { id } of peer.requests) peer.ok(id, id);
    expect(await Promise.all(waiting)).toEqual(peer.requests.map(({ id }) => id));
    await client.close();
  });

  it("survives frames that make no sense, and tells of them", async () => {
    const { client, peer } = await connected({
      request(peer, { id }) {
        const nonsense = [
          "",
          "{",
          "null",
          "[]",
          "{}",
          '"res"',
          '{"type":"req","id":"1","method":"x"}',
          '{"type":"res"}',
        ];
        for (const text of nonsense) peer.raw(text);
        peer.raw('{"type":"res","id":7,"ok":true}');
        peer.raw('{"type":"event","event":7}');
        peer.frame({ type: "res", id: "invalid", ok: false, error: { code: "INVALID_REQUEST", message: "what?" } });
        peer.frame({ type: "res", id: "unknown", ok: true, payload: {} });
        peer.frame({ type: "event", event: "tick", seq: "1", stateVersion: 3 });
        peer.frame({ type: "res", id, ok: false });
      },
    });
    const reasons: string[] = [];
    client.on("malformed", ({ reason }) => reasons.push(reason));
    const events = client.events();
    expect(await failure(client.request("health", {}))).toMatchObject({
      code: "UNAVAILABLE",
      message: "The gateway refused the request without saying why.",
    });
    expect(reasons).toHaveLength(10);
    for (let i = 0; i < 10; i += 1) await events.next();
    expect((await events.next()).value).toEqual({ type: "event", event: "tick", payload: undefined });
    expect(peer.closed).toBeUndefined();
    await client.close();
  });
});

describe("a method that answers twice", () => {
  const params = { message: "hi", idempotencyKey: "key-1" };
  const acceptance = { runId: "key-1", status: "accepted", acceptedAt: 1 };
  const final = { runId: "key-1", status: "ok", summary: "completed" };

  it("R5.6 resolves with the final answer and hands out the first", async () => {
    const { client, peer } = await connected({ request: (peer, { id }) => peer.ok(id, acceptance) });
    const accepted: unknown[] = [];
    const answer = client.request("agent", params, { onAccepted: (payload) => accepted.push(payload) });
    await vi.waitFor(() => expect(accepted).toEqual([acceptance]));
    peer.ok(peer.requests[0]?.id ?? "", final);
    expect(await answer).toEqual(final);
    expect(accepted).toHaveLength(1);
    await client.close();
  });

  it("R5.6 rejects when the final answer is an error, and keeps what its payload says of the run", async () => {
    const { client } = await connected({
      request(peer, { id }) {
        peer.ok(id, acceptance);
        const payload = { runId: "key-1", status: "error", summary: "no model" };
        peer.fail(id, { code: "UNAVAILABLE", message: "no model" }, payload);
      },
    });
    expect(await failure(client.request("agent", params))).toMatchObject({
      code: "UNAVAILABLE",
      message: "no model",
      details: { runId: "key-1", status: "error" },
    });
    await client.close();
  });

  it("resolves at once when a run that has ended is replayed", async () => {
    const { client } = await connected({ request: (peer, { id }) => peer.ok(id, final) });
    const onAccepted = vi.fn<() => void>();
    expect(await client.request("agent", params, { onAccepted })).toEqual(final);
    expect(onAccepted).not.toHaveBeenCalled();
    await client.close();
  });

  it("has the usual deadline for the first answer and 15 minutes for the final one", async () => {
    const { client, peer } = await connected({ request: () => undefined }, { requestTimeoutMs: 1000 });
    const unaccepted = failure(client.request("agent", params));
    await vi.advanceTimersByTimeAsync(1000);
    expect(await unaccepted).toMatchObject({ code: "TIMEOUT", message: "agent got no answer within 1000 ms." });

    const accepted = failure(client.request("agent", params));
    await vi.waitFor(() => expect(peer.requests).toHaveLength(2));
    peer.ok(peer.requests[1]?.id ?? "", acceptance);
    // Ticks, as a gateway sends them: without, silence would end the connection first.
    for (let minute = 0; minute < 15; minute += 0.5) {
      await vi.advanceTimersByTimeAsync(30_000);
      peer.event("tick");
    }
    expect(await accepted).toMatchObject({ code: "TIMEOUT", message: "agent got no final answer within 900000 ms." });
    await client.close();
  });

  it("keeps to the caller's own deadline over both answers", async () => {
    const { client } = await connected({ request: (peer, { id }) => peer.ok(id, acceptance) });
    const failed = failure(client.request("agent", params, { timeoutMs: 2000 }));
    await vi.advanceTimersByTimeAsync(2000);
    expect(await failed).toMatchObject({ code: "TIMEOUT" });
    await client.close();
  });

  it("may be one the types do not know, when the caller says so", async () => {
    const { client } = await connected({
      request(peer, { id }) {
        peer.ok(id, { status: "accepted" });
        peer.ok(id, "done");
      },
    });
    const onAccepted = vi.fn<(accepted: unknown) => void>();
    expect(await client.requestRaw("plugin.work", {}, { onAccepted })).toBe("done");
    expect(onAccepted).toHaveBeenCalledWith({ status: "accepted" });
    expect(await client.requestRaw("plugin.status", {})).toEqual({ status: "accepted" });
    await client.close();
  });
});

describe("closing", () => {
  it("says goodbye, fails what waits, ends every iterator and leaves no timer", async () => {
    const { client, peer } = await connected({ request: () => undefined });
    const failed = failure(client.request("health", {}));
    const events = client.events();
    const states = client.states();
    expect((await states.next()).value).toMatchObject({ state: "open" });
    await client.close();
    expect(peer.closed).toEqual({ code: 1000, reason: "client closed" });
    expect(await failed).toMatchObject({ code: "CLOSED", retryable: false, message: "The client was closed." });
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect((await states.next()).value).toEqual({ state: "closed", error: undefined });
    expect((await states.next()).done).toBe(true);
    expect(client.state).toBe("closed");
    expect(await failure(client.request("health", {}))).toMatchObject({ code: "CLOSED" });
    expect((await client.events().next()).done).toBe(true);
    expect((await client.states().next()).value).toMatchObject({ state: "closed" });
    await client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits one second at most for a gateway that does not say goodbye", async () => {
    const gateway = new FakeGateway();
    const client = await GatewayClient.connectThrough(async (options) => {
      const transport = await gateway.openTransport(options);
      return { ...transport, close: () => undefined };
    }, OPTIONS);
    const closed = client.close();
    await vi.advanceTimersByTimeAsync(1000);
    await closed;
    expect(gateway.peer.closed).toEqual({ code: 1006, reason: "" });
  });
});

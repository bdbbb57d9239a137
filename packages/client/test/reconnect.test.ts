import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  ClientError,
  type ClientOptions,
  type ConnectionState,
  exponentialBackoff,
  GatewayClient,
} from "../src/index.ts";
import { failure, FakeGateway, HELLO, OPTIONS, type Script } from "./fake-gateway.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A backoff without chance: 250 ms, 500 ms, 1 s … 30 s. */
const steady = exponentialBackoff({ jitter: 0, random: () => 0 });

async function connected(script: Script = {}, options: Partial<ClientOptions> = {}) {
  const gateway = new FakeGateway(script);
  const client = await GatewayClient.connectThrough(gateway.openTransport, {
    ...OPTIONS,
    reconnect: steady,
    ...options,
  });
  await vi.advanceTimersByTimeAsync(0);
  return { gateway, client, peer: gateway.peer };
}

/** Collects the states of a client as words. */
function recordStates(client: GatewayClient): string[] {
  const words: string[] = [];
  const word = (state: ConnectionState) => (state.state === "waiting" ? `waiting ${state.delayMs}` : state.state);
  void (async () => {
    for await (const state of client.states()) words.push(word(state));
  })();
  return words;
}

describe("a lost connection", () => {
  it("comes back by itself, and says that events may have been missed", async () => {
    const { client, gateway, peer } = await connected();
    const states = recordStates(client);
    const gaps: unknown[] = [];
    client.on("gap", (gap) => gaps.push(gap));
    peer.cut();
    expect(client.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(250);
    expect(client.state).toBe("open");
    expect(states).toEqual(["open", "waiting 250", "connecting", "open"]);
    expect(gaps).toEqual([{ cause: "reconnected" }]);
    expect(gateway.peers).toHaveLength(2);
    expect(await client.requestRaw("m", {})).toEqual({ method: "m", params: {} });
    await client.close();
  });

  it("is tried again after growing waits, without end, while nobody answers", async () => {
    const { client, gateway, peer } = await connected();
    const states = recordStates(client);
    gateway.unreachable = true;
    peer.cut();
    await vi.advanceTimersByTimeAsync(250 + 500 + 1000 + 2000 + 4000 + 8000 + 16_000 + 30_000 + 30_000);
    const waits = states.filter((state) => state.startsWith("waiting"));
    expect(waits).toEqual(
      [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000].map((ms) => `waiting ${ms}`),
    );
    gateway.unreachable = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(client.state).toBe("open");
    await client.close();
  });

  it("F17 that is lost again at once does not start the waits anew; one that lasted does", async () => {
    const { client, gateway } = await connected();
    const states = recordStates(client);
    gateway.peer.close(1008, "slow consumer");
    await vi.advanceTimersByTimeAsync(250);
    gateway.peer.close(1008, "slow consumer");
    await vi.advanceTimersByTimeAsync(0);
    expect(states.at(-1)).toBe("waiting 500");
    await vi.advanceTimersByTimeAsync(500);
    expect(client.state).toBe("open");
    await vi.advanceTimersByTimeAsync(10_000);
    gateway.peer.cut();
    await vi.advanceTimersByTimeAsync(0);
    expect(states.at(-1)).toBe("waiting 250");
    await client.close();
  });

  it("R5.12 is tried again when the gateway said it would be back", async () => {
    const { client, gateway, peer } = await connected();
    peer.event("shutdown", { reason: "gateway restarting", restartExpectedMs: 1500 });
    peer.close(1012, "service restart");
    await vi.advanceTimersByTimeAsync(1499);
    expect(gateway.attempts).toBe(1);
    const { value } = await client.states().next();
    expect(value).toMatchObject({
      state: "waiting",
      attempt: 1,
      delayMs: 1500,
      error: { code: "CLOSED", closeCode: 1012, closeReason: "service restart", retryAfterMs: 1500 },
    });
    await vi.advanceTimersByTimeAsync(1);
    expect(client.state).toBe("open");
    await client.close();
  });

  it("is tried again no sooner than a gateway that is starting asks for", async () => {
    let starting = false;
    const { client, gateway, peer } = await connected({
      connect(peer) {
        if (!starting) return peer.hello();
        peer.fail("connect", { code: "UNAVAILABLE", message: "gateway starting", retryAfterMs: 5000 });
        peer.close(1013, "gateway starting");
      },
    });
    starting = true;
    peer.cut();
    await vi.advanceTimersByTimeAsync(250);
    expect(gateway.attempts).toBe(2);
    await vi.advanceTimersByTimeAsync(4999);
    expect(gateway.attempts).toBe(2);
    starting = false;
    await vi.advanceTimersByTimeAsync(1);
    expect(client.state).toBe("open");
    await client.close();
  });

  it.each([
    ["credentials are refused", { code: "INVALID_REQUEST", message: "unauthorized: gateway token mismatch" }, 1008],
    ["a pairing is missing", { code: "NOT_PAIRED", message: "pairing required" }, 1008],
    ["the version is not spoken", { code: "INVALID_REQUEST", message: "protocol mismatch" }, 1002],
  ])("F24 is not tried again when %s", async (_, error, closeCode) => {
    let refusing = false;
    const { client, gateway, peer } = await connected({
      connect(peer) {
        if (!refusing) return peer.hello();
        peer.fail("connect", error);
        peer.close(closeCode, error.message);
      },
    });
    const events = client.events();
    refusing = true;
    peer.cut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.attempts).toBe(2);
    expect(client.state).toBe("closed");
    expect(await failure(events.next())).toMatchObject({ ...error, closeCode });
    const later = await failure(client.request("health", {}));
    expect(later).toMatchObject({ code: "CLOSED", retryable: false, closeCode });
    expect((later as Error).message).toContain(error.message);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stays lost where reconnect is false, or where the policy gives up", async () => {
    const once = await connected({}, { reconnect: false });
    once.peer.cut();
    expect(once.client.state).toBe("closed");
    const limited = await connected({}, { reconnect: exponentialBackoff({ maximumAttempts: 2, jitter: 0 }) });
    limited.gateway.unreachable = true;
    limited.peer.cut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(limited.client.state).toBe("closed");
    expect(limited.gateway.attempts).toBe(3);
  });

  it("is forgotten when the client is closed while it waits or connects", async () => {
    const waiting = await connected();
    waiting.peer.cut();
    await waiting.client.close();
    const connecting = await connected();
    connecting.gateway.script = { opened: () => undefined };
    connecting.peer.cut();
    await vi.advanceTimersByTimeAsync(300);
    expect(connecting.client.state).toBe("connecting");
    await connecting.client.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([waiting.gateway.attempts, connecting.gateway.attempts]).toEqual([1, 2]);
    expect(connecting.gateway.peer.closed).toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a request on a connection that is lost", () => {
  it("fails with CLOSED, retryable, and so does one made while there is none", async () => {
    const { client, peer } = await connected({ request: () => undefined });
    const pending = failure(client.request("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "k" }));
    await vi.waitFor(() => expect(peer.requests).toHaveLength(1));
    peer.close(1012, "service restart");
    expect(await pending).toMatchObject({ code: "CLOSED", retryable: true, closeCode: 1012 });
    expect(await failure(client.request("health", {}))).toMatchObject({ code: "CLOSED", retryable: true });
    await client.close();
  });

  it("is sent again, same and in order, when it has an idempotency key and the caller asked for it", async () => {
    const { client, gateway, peer } = await connected({ request: () => undefined }, { refreshOnGap: false });
    const accepted = vi.fn<() => void>();
    const send = (key: string) =>
      client.request("agent", { message: key, idempotencyKey: key }, { resendOnReconnect: true, onAccepted: accepted });
    const answers = [send("k1"), send("k2")];
    await vi.waitFor(() => expect(peer.requests).toHaveLength(2));
    peer.ok(peer.requests[0]?.id ?? "", { runId: "k1", status: "accepted" });
    await vi.advanceTimersByTimeAsync(0);
    peer.cut();
    answers.push(send("k3"));
    await vi.advanceTimersByTimeAsync(250);
    expect(gateway.peer).not.toBe(peer);
    expect(gateway.peer.requests).toMatchObject([...peer.requests, { params: { idempotencyKey: "k3" } }]);
    for (const { id, params } of gateway.peer.requests) {
      gateway.peer.ok(id, { runId: params["idempotencyKey"], status: "accepted" });
      gateway.peer.ok(id, { runId: params["idempotencyKey"], status: "ok" });
    }
    expect(await Promise.all(answers)).toMatchObject([{ runId: "k1" }, { runId: "k2" }, { runId: "k3" }]);
    expect(accepted).toHaveBeenCalledTimes(3);
    await client.close();
  });

  it("can not ask to be sent again without a key, as the work could be done twice", async () => {
    const { client, peer } = await connected();
    const options = { resendOnReconnect: true };
    expect(await failure(client.requestRaw("agent", { message: "hi" }, options))).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("idempotencyKey") as string,
    });
    expect(await failure(client.requestRaw("anything", { idempotencyKey: "" }, options))).toBeInstanceOf(ClientError);
    expect(peer.requests).toEqual([]);
    // Aborting twice is aborting once: this contract needs no key.
    await client.request("chat.abort", { sessionKey: "main" }, options);
    expect(peer.requests).toHaveLength(1);
    await client.close();
  });

  it("that waits for a connection still ends at its deadline, and with the client", async () => {
    const { client, gateway, peer } = await connected();
    gateway.unreachable = true;
    peer.cut();
    const params = { message: "hi", idempotencyKey: "k" };
    const late = failure(client.request("agent", params, { resendOnReconnect: true, timeoutMs: 1000 }));
    const closed = failure(client.request("agent", params, { resendOnReconnect: true }));
    await vi.advanceTimersByTimeAsync(1000);
    expect(await late).toMatchObject({ code: "TIMEOUT" });
    await client.close();
    expect(await closed).toMatchObject({ code: "CLOSED", retryable: false });
  });
});

describe("silence", () => {
  const tickIntervalMs = 1000;
  const script: Script = { connect: (peer) => peer.hello({ policy: { ...HELLO.policy, tickIntervalMs } }) };

  it("R5.10 for two ticks ends a connection, and a new one is made", async () => {
    const { client, gateway, peer } = await connected(script);
    const states: ConnectionState[] = [];
    void (async () => {
      for await (const state of client.states()) states.push(state);
    })();
    await vi.advanceTimersByTimeAsync(1999);
    expect(client.state).toBe("open");
    await vi.advanceTimersByTimeAsync(1);
    expect(client.state).toBe("waiting");
    expect(peer.closed).toEqual({ code: 1006, reason: "" });
    await vi.advanceTimersByTimeAsync(250);
    expect(client.state).toBe("open");
    expect(states[1]).toMatchObject({ error: { code: "CLOSED", closeReason: "no frame for 2000 ms" } });
    expect(gateway.peers).toHaveLength(2);
    await client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("R5.10 is broken by any frame, a tick or an answer", async () => {
    const { client, gateway, peer } = await connected(script);
    for (let i = 0; i < 10; i += 1) {
      await vi.advanceTimersByTimeAsync(1500);
      if (i % 2 === 0) peer.event("tick");
      else await client.requestRaw("m", {});
    }
    expect(gateway.attempts).toBe(1);
    await client.close();
  });

  it("F18 of a machine that slept is noticed at the first look, not two ticks later", async () => {
    const { client, peer } = await connected(script);
    await vi.advanceTimersByTimeAsync(1000);
    peer.event("tick");
    await vi.advanceTimersByTimeAsync(500);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(500);
    expect(client.state).toBe("waiting");
    await client.close();
  });

  it("is judged by 30 s ticks where the gateway names none or nonsense", async () => {
    for (const tick of [undefined, 0, -5, "soon", Number.NaN]) {
      const policy = { ...HELLO.policy, tickIntervalMs: tick };
      const { client } = await connected({ connect: (peer) => peer.hello({ policy }) });
      await vi.advanceTimersByTimeAsync(59_999);
      expect(client.state).toBe("open");
      await vi.advanceTimersByTimeAsync(1);
      expect(client.state).toBe("waiting");
      await client.close();
    }
  });
});

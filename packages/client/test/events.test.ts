import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type ClientOptions, GatewayClient, type ReceivedEvent } from "../src/index.ts";
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
  return { gateway, client, peer: gateway.peer };
}

/** Reads so many events and answers them. */
async function take(events: AsyncIterator<ReceivedEvent, undefined>, count: number): Promise<ReceivedEvent[]> {
  const taken: ReceivedEvent[] = [];
  while (taken.length < count) {
    const { value } = await events.next();
    if (value === undefined) throw new Error(`The events ended after ${taken.length} of ${count}.`);
    taken.push(value);
  }
  return taken;
}

describe("events", () => {
  it("come in order to every reader and listener, with their numbers", async () => {
    const { client, peer } = await connected();
    const first = client.events();
    const heard: unknown[] = [];
    const listening = client.on("tick", (payload, frame) => heard.push([payload, frame.seq]));
    peer.event("tick", { ts: 1 });
    peer.frame({ type: "event", event: "presence", payload: {}, seq: 2, stateVersion: { presence: 5, health: 6 } });
    await vi.advanceTimersByTimeAsync(0);
    const second = client.events();
    peer.skip(1);
    peer.event("tick", { ts: 3 });
    await vi.advanceTimersByTimeAsync(0);
    listening[Symbol.dispose]();
    peer.event("tick", { ts: 4 });
    await vi.advanceTimersByTimeAsync(0);

    expect(await take(first, 4)).toEqual([
      { type: "event", event: "tick", payload: { ts: 1 }, seq: 1 },
      { type: "event", event: "presence", payload: {}, seq: 2, stateVersion: { presence: 5, health: 6 } },
      { type: "event", event: "tick", payload: { ts: 3 }, seq: 3 },
      { type: "event", event: "tick", payload: { ts: 4 }, seq: 4 },
    ]);
    expect((await take(second, 2)).map(({ payload }) => payload)).toEqual([{ ts: 3 }, { ts: 4 }]);
    expect(heard).toEqual([
      [{ ts: 1 }, 1],
      [{ ts: 3 }, 3],
    ]);
    await client.close();
  });

  it("that come together with the hello-ok are there for whoever subscribes right after connect()", async () => {
    const { client } = await connected({
      connect(peer) {
        peer.hello();
        peer.event("health", { ok: true });
      },
    });
    const events = client.events();
    const heard: unknown[] = [];
    client.on("health", (payload) => heard.push(payload));
    await vi.advanceTimersByTimeAsync(0);
    expect(await take(events, 1)).toMatchObject([{ event: "health", seq: 1 }]);
    expect(heard).toEqual([{ ok: true }]);
    await client.close();
  });

  it("are told before the answer that came after them, also right after connect()", async () => {
    const { client } = await connected({
      request(peer, { id }) {
        peer.event("health", { ok: true });
        peer.ok(id, { ok: true });
      },
    });
    const heard: unknown[] = [];
    client.on("health", (payload) => heard.push(payload));
    await client.request("health", {});
    expect(heard).toEqual([{ ok: true }]);
    await client.close();
  });

  it("go on for the other listeners when one throws, and its error reaches the runtime", async () => {
    const { client, peer } = await connected();
    const uncaught: unknown[] = [];
    const catchIt = (error: unknown) => void uncaught.push(error);
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", catchIt);
    try {
      const mistake = new Error("a listener's own mistake");
      client.on("tick", () => {
        throw mistake;
      });
      const heard = vi.fn<() => void>();
      client.on("tick", heard);
      await vi.advanceTimersByTimeAsync(0);
      peer.event("tick", { ts: 1 });
      await vi.waitFor(() => expect(uncaught).toEqual([mistake]));
      expect(heard).toHaveBeenCalledOnce();
      expect(client.state).toBe("open");
    } finally {
      process.off("uncaughtException", catchIt);
      for (const listener of others) process.on("uncaughtException", listener);
    }
    await client.close();
  });

  it("end when the signal aborts or the reader stops, and cost nothing from then on", async () => {
    const { client, peer } = await connected();
    const controller = new AbortController();
    const signalled = client.events(controller.signal);
    const waiting = signalled.next();
    controller.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect((await client.events(AbortSignal.abort()).next()).done).toBe(true);
    const events = client.events();
    await vi.advanceTimersByTimeAsync(0);
    peer.event("tick", { ts: 1 });
    peer.event("tick", { ts: 2 });
    const seen: unknown[] = [];
    for await (const event of events) {
      seen.push(event.payload);
      break;
    }
    expect(seen).toEqual([{ ts: 1 }]);
    expect((await events.next()).done).toBe(true);
    expect((await signalled.next()).done).toBe(true);
    await client.close();
  });
});

describe("a slow reader", () => {
  it("is told how many events it lost, and then gets the newest in order", async () => {
    const { client, peer } = await connected();
    const slow = client.events();
    await vi.advanceTimersByTimeAsync(0);
    for (let n = 1; n <= 1500; n += 1) peer.event("chat", { n });
    await vi.advanceTimersByTimeAsync(0);
    const [notice, ...rest] = await take(slow, 1025);
    expect(notice).toEqual({ type: "local", event: "overflow", payload: { dropped: 476 } });
    expect(rest.map(({ payload }) => payload)).toEqual(
      Array.from({ length: 1024 }, (_, index) => ({ n: 477 + index })),
    );
    peer.event("chat", { n: 1501 });
    expect(await take(slow, 1)).toMatchObject([{ type: "event", payload: { n: 1501 } }]);
    await client.close();
  });

  it("is bounded by size too, and always keeps the newest event", async () => {
    const { client, peer } = await connected();
    const slow = client.events();
    await vi.advanceTimersByTimeAsync(0);
    const megabytes = (count: number) => "x".repeat(count * 1024 * 1024);
    for (let n = 1; n <= 5; n += 1) peer.event("chat", { n, text: megabytes(5) });
    peer.event("chat", { n: 6, text: megabytes(20) });
    await vi.advanceTimersByTimeAsync(0);
    const taken = await take(slow, 2);
    expect(taken[0]).toMatchObject({ event: "overflow", payload: { dropped: 5 } });
    expect(taken[1]).toMatchObject({ payload: { n: 6 } });
    await client.close();
  });
});

describe("missed events", () => {
  const script: Script = {
    request: (peer, { id, method }) => peer.ok(id, method === "health" ? { ok: true, fresh: true } : [{ host: "a" }]),
  };

  it("R5.11 F17 are told, and health and presence are fetched again by themselves", async () => {
    const { client, peer } = await connected(script);
    const events = client.events();
    await vi.advanceTimersByTimeAsync(0);
    peer.event("tick");
    peer.skip(3);
    peer.event("tick");
    await vi.advanceTimersByTimeAsync(0);
    expect(await take(events, 4)).toEqual([
      { type: "event", event: "tick", payload: {}, seq: 1 },
      { type: "local", event: "gap", payload: { cause: "sequence", expected: 2, received: 5 } },
      { type: "event", event: "tick", payload: {}, seq: 5 },
      {
        type: "local",
        event: "refreshed",
        payload: { ok: true, health: { ok: true, fresh: true }, presence: [{ host: "a" }] },
      },
    ]);
    expect(peer.requests.map(({ method }) => method)).toEqual(["health", "system-presence"]);
    await client.close();
  });

  it("R5.11 count from the first: protocol 4 numbers each connection from 1", async () => {
    const { client, peer } = await connected(script);
    const gaps: unknown[] = [];
    client.on("gap", (gap) => gaps.push(gap));
    peer.skip(1);
    peer.event("tick");
    await vi.advanceTimersByTimeAsync(0);
    expect(gaps).toEqual([{ cause: "sequence", expected: 1, received: 2 }]);
    await client.close();
  });

  it("are not supposed before the first number of a protocol 3 gateway, which counts for all its clients", async () => {
    const { client, peer } = await connected({ ...script, connect: (peer) => peer.hello({ ...HELLO, protocol: 3 }) });
    const gaps: unknown[] = [];
    client.on("gap", (gap) => gaps.push(gap));
    peer.skip(41);
    peer.event("tick");
    peer.event("tick");
    await vi.advanceTimersByTimeAsync(0);
    expect(gaps).toEqual([]);
    peer.skip(1);
    peer.event("tick");
    await vi.advanceTimersByTimeAsync(0);
    expect(gaps).toEqual([{ cause: "sequence", expected: 44, received: 45 }]);
    await client.close();
  });

  it("F17 many at a time cost one fetch, and one more for those that came meanwhile", async () => {
    const { client, peer } = await connected(script);
    await vi.advanceTimersByTimeAsync(0);
    for (let i = 0; i < 200; i += 1) {
      peer.skip(1);
      peer.event("tick");
    }
    await vi.advanceTimersByTimeAsync(999);
    expect(peer.requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(peer.requests).toHaveLength(4);
    await client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("say why when the fetch fails, and stay untouched where refreshOnGap is off", async () => {
    const failing = await connected({
      request: (peer, { id }) => peer.fail(id, { code: "FORBIDDEN", message: "missing scope: operator.read" }),
    });
    const refreshed: unknown[] = [];
    failing.client.on("refreshed", (notice) => refreshed.push(notice));
    failing.peer.skip(1);
    failing.peer.event("tick");
    await vi.advanceTimersByTimeAsync(0);
    expect(refreshed).toMatchObject([{ ok: false, error: { code: "FORBIDDEN" } }]);
    await failing.client.close();

    const off = await connected(script, { refreshOnGap: false });
    const gaps: unknown[] = [];
    off.client.on("gap", (gap) => gaps.push(gap));
    off.peer.skip(1);
    off.peer.event("tick");
    await vi.advanceTimersByTimeAsync(5000);
    expect(gaps).toHaveLength(1);
    expect(off.peer.requests).toEqual([]);
    await off.client.close();
  });
});

it("a reader gets what is buffered, then the error that ended the client", async () => {
  const { client, peer } = await connected({}, { reconnect: false });
  const events = client.events();
  await vi.advanceTimersByTimeAsync(0);
  peer.event("tick", { ts: 1 });
  peer.close(1012, "service restart");
  await vi.advanceTimersByTimeAsync(0);
  expect(await take(events, 1)).toMatchObject([{ event: "tick" }]);
  expect(await failure(events.next())).toMatchObject({ code: "CLOSED", closeCode: 1012 });
  expect((await events.next()).done).toBe(true);
});

describe("F18 events across a lost connection", () => {
  const offer = (resume: object): Script => ({ connect: (peer) => peer.hello({ resume }) });

  it("are taken up where they stopped, and the caller is told that nothing was missed", async () => {
    const { client, gateway, peer } = await connected(offer({ epoch: "stream-1", seq: 0 }));
    const events = client.events();
    await vi.advanceTimersByTimeAsync(0);
    expect(peer.connectParams).toMatchObject({ caps: ["resume"] });
    expect(peer.connectParams).not.toHaveProperty("resume");
    peer.event("chat", { n: 1 });
    peer.event("chat", { n: 2 });
    await vi.advanceTimersByTimeAsync(0);
    peer.cut();
    gateway.script = {
      connect: (next) => {
        next.hello({ resume: { epoch: "stream-1", seq: 2, recovered: true } });
        next.skip(2);
        next.event("chat", { n: 3 });
      },
    };
    await vi.advanceTimersByTimeAsync(250);
    expect(gateway.peer.connectParams).toMatchObject({ resume: { epoch: "stream-1", seq: 2 } });
    expect(await take(events, 4)).toEqual([
      { type: "event", event: "chat", payload: { n: 1 }, seq: 1 },
      { type: "event", event: "chat", payload: { n: 2 }, seq: 2 },
      { type: "local", event: "recovered", payload: {} },
      { type: "event", event: "chat", payload: { n: 3 }, seq: 3 },
    ]);
    expect(gateway.peer.requests).toEqual([]);
    await client.close();
  });

  it("R5.11 are said to be lost, and the state is fetched, when the gateway has them no longer", async () => {
    const { client, gateway, peer } = await connected(offer({ epoch: "stream-1", seq: 0 }));
    const events = client.events();
    await vi.advanceTimersByTimeAsync(0);
    peer.event("chat", { n: 1 });
    await vi.advanceTimersByTimeAsync(0);
    peer.cut();
    gateway.script = {
      ...offer({ epoch: "stream-2", seq: 0, recovered: false }),
      request: (next, { id, method }) => next.ok(id, method === "health" ? { ok: true } : []),
    };
    await vi.advanceTimersByTimeAsync(250);
    gateway.peer.event("chat", { n: 9 });
    await vi.advanceTimersByTimeAsync(0);
    expect(await take(events, 4)).toEqual([
      { type: "event", event: "chat", payload: { n: 1 }, seq: 1 },
      { type: "local", event: "gap", payload: { cause: "reconnected" } },
      { type: "local", event: "refreshed", payload: { ok: true, health: { ok: true }, presence: [] } },
      { type: "event", event: "chat", payload: { n: 9 }, seq: 1 },
    ]);
    gateway.peer.cut();
    await vi.advanceTimersByTimeAsync(1000);
    expect(gateway.peer.connectParams).toMatchObject({ resume: { epoch: "stream-2", seq: 1 } });
    await client.close();
  });

  it("are not asked for from a gateway that did not offer it, by a node, or where the caller does not want it", async () => {
    const plain = await connected();
    plain.peer.cut();
    await vi.advanceTimersByTimeAsync(250);
    expect(plain.gateway.peer.connectParams).not.toHaveProperty("resume");
    await plain.client.close();
    for (const options of [{ role: "node" } as const, { resume: false }]) {
      const { client, peer } = await connected({}, options);
      expect(peer.connectParams).toMatchObject({ caps: [] });
      await client.close();
    }
  });

  it("an offer that is none is no offer", async () => {
    for (const resume of [null, "x", { epoch: 1, seq: 0 }, { epoch: "e", seq: 1.5 }, { epoch: "e" }]) {
      const { client, gateway, peer } = await connected(offer(resume as object));
      peer.cut();
      await vi.advanceTimersByTimeAsync(250);
      expect(gateway.peer.connectParams).not.toHaveProperty("resume");
      await client.close();
    }
  });
});

import { ManualClock } from "@openclaw/testkit/clock";
import { eventually } from "@openclaw/testkit/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ExtraMethod } from "../../src/request-flow.ts";
import { connectParams, type OpenPlane, openPlane } from "../support/plane.ts";

const echo: ExtraMethod = { name: "echo", scope: null, parse: (params) => params, handle: (params) => params };

let open: OpenPlane;
beforeAll(async () => {
  open = await openPlane({ extraMethods: [echo] });
});
afterAll(() => open[Symbol.asyncDispose]());

describe("R5.3 after the handshake", () => {
  it("answers a request under its own id", async () => {
    await using client = await open.connect();
    expect(await client.request("echo", { a: [1, "ž"] }, "my-id")).toEqual({
      type: "res",
      id: "my-id",
      ok: true,
      payload: { a: [1, "ž"] },
    });
  });

  it("takes parameters that are absent or null for none", async () => {
    await using client = await open.connect();
    expect((await client.request("health")).ok).toBe(true);
    expect((await client.request("health", null)).ok).toBe(true);
    expect((await client.request("health", [])).error?.message).toBe("invalid health params: must be object");
  });

  it("refuses a second connect and goes on", async () => {
    await using client = await open.connect();
    const { error } = await client.request("connect", connectParams());
    expect(error).toEqual({ code: "INVALID_REQUEST", message: "connect is only valid as the first request" });
    expect((await client.request("health")).ok).toBe(true);
  });

  it.each([
    ["[1]", "invalid", "must be object"],
    ["null", "invalid", "must be object"],
    ['{"type":"event","event":"x"}', "invalid", "must have required property 'id'"],
    ['{"type":"res","id":"q","ok":true}', "q", "must have required property 'method'"],
    ['{"type":"req","method":"health"}', "invalid", "must have required property 'id'"],
    ['{"type":"req","id":"q1"}', "q1", "must have required property 'method'"],
    ['{"type":"req","id":"q1","method":""}', "q1", "at /method: must NOT have fewer than 1 characters"],
    ['{"type":"req","id":"q2","method":"health","foo":1}', "q2", "at root: unexpected property 'foo'"],
    ['{"id":"q3","method":"health"}', "q3", "must have required property 'type'"],
    ['{"type":"req","id":7,"method":"health"}', "invalid", "at /id: must be string"],
  ])("R5.8 answers the invalid frame %s and goes on", async (frame, id, reason) => {
    await using client = await open.connect();
    client.sendRaw(frame);
    const { ok, error } = await client.answer(id);
    expect({ ok, code: error?.code }).toEqual({ ok: false, code: "INVALID_REQUEST" });
    expect(error?.message.toLowerCase()).toContain(`invalid request frame: `);
    expect(error?.message.toLowerCase()).toContain(reason.toLowerCase());
    expect((await client.request("health")).ok).toBe(true);
  });

  it.each([
    ["malformed JSON", "{nope", false],
    ["empty text", "", false],
    ["binary garbage", Buffer.from([0, 1, 2]), true],
  ] as const)("says nothing to %s and goes on", async (_name, data, isBinary) => {
    await using client = await open.connect();
    const before = client.frames.length;
    client.sendRaw(data, isBinary);
    expect((await client.request("echo", {}, "after")).ok).toBe(true);
    expect(client.frames.slice(before).map(({ id }) => id)).toEqual(["after"]);
  });

  it("treats a binary request like text", async () => {
    await using client = await open.connect();
    client.sendRaw(Buffer.from('{"type":"req","id":"bin1","method":"echo","params":{"x":1}}'), true);
    expect(await client.answer("bin1")).toMatchObject({ ok: true, payload: { x: 1 } });
  });

  it("answers WebSocket pings", async () => {
    await using client = await open.connect();
    const pong = new Promise((resolve) => client.socket.once("pong", (data: Buffer) => resolve(data.toString())));
    client.socket.ping("hi");
    expect(await pong).toBe("hi");
  });

  it("negotiates no compression and no subprotocol", async () => {
    await using client = await open.open({ perMessageDeflate: true });
    expect(client.socket.extensions).toBe("");
    expect(client.socket.protocol).toBe("");
  });
});

describe("size limits", () => {
  it.each([60 * 1_024, 64 * 1_024 - 400])("let a first frame of about %i bytes in", async (size) => {
    await using client = await open.open();
    expect((await client.request("connect", connectParams({ pathEnv: "x".repeat(size) }))).ok).toBe(true);
  });

  it.each([70_000, 600_000, 20_000_000])(
    "close a first frame of %i bytes with 1009, without reading it all",
    async (size) => {
      await using client = await open.open();
      client.sendRaw(
        JSON.stringify({
          type: "req",
          id: "c",
          method: "connect",
          params: connectParams({ pathEnv: "x".repeat(size) }),
        }),
      );
      expect(await client.close()).toEqual({ code: 1009, reason: "" });
    },
  );

  it("hold for many small frames before the handshake too", async () => {
    await using client = await open.open();
    // One message that never ends, in fragments.
    for (let part = 0; part < 200 && !client.closed; part += 1) client.socket.send("x".repeat(1_000), { fin: false });
    expect(await client.close()).toEqual({ code: 1009, reason: "" });
  });

  it("are the policy's after the handshake: exactly it is processed, more is 1009", async () => {
    await using small = await openPlane({ extraMethods: [echo], limits: { maxPayloadBytes: 200_000 } });
    await using client = await small.connect();
    expect(client.hello.payload?.["policy"]).toMatchObject({ maxPayload: 200_000 });
    const empty = JSON.stringify({ type: "req", id: "big", method: "echo", params: { pad: "" } });
    const frame = (size: number) => empty.replace('"pad":""', `"pad":"${"x".repeat(size - empty.length)}"`);
    client.sendRaw(frame(200_000));
    expect((await client.answer("big")).ok).toBe(true);
    client.sendRaw(frame(200_001));
    expect(await client.close()).toEqual({ code: 1009, reason: "" });
  });
});

describe("bounds", () => {
  it("refuse requests beyond those that may be unanswered, and take new ones when there is room", async () => {
    const release: (() => void)[] = [];
    const slow: ExtraMethod = {
      name: "slow",
      scope: null,
      parse: () => undefined,
      handle: () => new Promise<void>((resolve) => release.push(resolve)),
    };
    await using bounded = await openPlane({ extraMethods: [slow, echo], limits: { maxInFlight: 3 } });
    await using client = await bounded.connect();
    for (const id of ["a", "b", "c"]) client.sendRaw(JSON.stringify({ type: "req", id, method: "slow" }));
    expect((await client.request("echo", {}, "d")).error).toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      retryAfterMs: 1_000,
    });
    release.forEach((resolve) => resolve());
    for (const id of ["a", "b", "c"]) expect((await client.answer(id)).ok).toBe(true);
    expect((await client.request("echo", {}, "e")).ok).toBe(true);
  });

  it("limit sockets that have not been let in, by network and altogether", async () => {
    await using bounded = await openPlane({ limits: { maxOpeningPerNetwork: 2, maxOpening: 10 } });
    await using first = await bounded.open();
    await using second = await bounded.open();
    await expect(bounded.open()).rejects.toThrow("503");
    expect((await first.request("connect", connectParams())).ok).toBe(true);
    await using third = await bounded.open();
    second.socket.terminate();
    await second.close();
    await using fourth = await eventually("a free place", () => bounded.open().catch(() => undefined));
    expect([third.closed, fourth.closed]).toEqual([undefined, undefined]);
  });

  it("limit connections altogether", async () => {
    await using bounded = await openPlane({ limits: { maxConnections: 1 } });
    await using client = await bounded.connect();
    await expect(bounded.open()).rejects.toThrow("503");
    expect((await client.request("health")).ok).toBe(true);
  });

  it("a handler's signal aborts when the client is gone", async () => {
    const aborted: unknown[] = [];
    const wait: ExtraMethod = {
      name: "wait",
      scope: null,
      parse: () => undefined,
      handle: (_params, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => {
            aborted.push(signal.reason);
            reject(signal.reason as Error);
          }),
        ),
    };
    await using bounded = await openPlane({ extraMethods: [wait] });
    await using client = await bounded.connect();
    client.sendRaw(JSON.stringify({ type: "req", id: "w", method: "wait" }));
    await client.request("health");
    client.socket.terminate();
    await eventually("the signal to abort", () => aborted.length === 1);
  });
});

describe("liveness", () => {
  it("R5.10 pings every client, and cuts the line to one that does not answer", async () => {
    const clock = new ManualClock();
    await using timed = await openPlane({ clock, limits: { pingIntervalMs: 25_000 } });
    await using alive = await timed.connect();
    await using dead = await timed.connect();
    const pinged = new Promise((resolve) => alive.socket.once("ping", resolve));
    // A peer whose machine is gone: it neither reads nor answers.
    dead.socket.pause();
    await clock.advance(25_000);
    await pinged;
    await alive.request("health");
    await clock.advance(25_000);
    dead.socket.resume();
    expect((await dead.close()).code).toBe(1006);
    expect((await alive.request("health")).ok).toBe(true);
  });
});

import { eventually } from "@openclaw/testkit/eventually";
import { ManualClock } from "@openclaw/testkit/clock";
import { describe, expect, it } from "vitest";

import { connectParams, connectParams3, CLI, openPlane, type OpenPlane, type PlaneOptions } from "../support/plane.ts";
import type { AnyFrame, RawClient } from "../support/raw-client.ts";

const CAP = { caps: ["resume"] };

function chat(seq: number, size = 5) {
  return { runId: "r1", sessionKey: "agent:main:main", seq, state: "delta" as const, deltaText: "x".repeat(size) };
}

function offerOf({ hello }: { hello: AnyFrame }) {
  return hello.payload?.["resume"] as { epoch: string; seq: number; recovered?: boolean } | undefined;
}

function chats(client: RawClient): unknown[] {
  return client.events("chat").map(({ seq, payload }) => [seq, payload?.["seq"]]);
}

/** Cuts a client's line and waits until the gateway knows. */
async function cut(open: OpenPlane, client: RawClient): Promise<void> {
  const before = open.plane.connectionCount;
  client.socket.terminate();
  await eventually("the gateway to notice", () => open.plane.connectionCount < before);
}

/** A client that got two of the events and was away for two more. */
async function clientThatMissed(open: OpenPlane, params: Record<string, unknown> = CAP) {
  const client = await open.connect(params);
  open.bus.publish("chat", chat(1));
  open.bus.publish("chat", chat(2));
  await client.event("chat", ({ payload }) => payload?.["seq"] === 2);
  await cut(open, client);
  open.bus.publish("chat", chat(3));
  open.bus.publish("chat", chat(4));
  return String(offerOf(client)?.epoch);
}

describe("F17 F18 resume", () => {
  it("gives a client that comes back exactly what it missed, and goes on from there", async () => {
    await using open = await openPlane();
    await using watcher = await open.connect();
    const epoch = await clientThatMissed(open);
    // It says that it saw the first one only: the second was lost on the way.
    const back = await open.connect({ resume: { epoch, seq: 1 } });
    expect(offerOf(back)).toEqual({ epoch, seq: 1, recovered: true });
    open.bus.publish("chat", chat(5));
    await back.event("chat", ({ payload }) => payload?.["seq"] === 5);
    expect(chats(back)).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
    ]);
    await cut(open, back);
    open.bus.publish("chat", chat(6));
    const again = await open.connect({ resume: { epoch, seq: 5 } });
    await again.event("chat");
    expect(chats(again)).toEqual([[6, 6]]);
    await watcher.event("chat", ({ payload }) => payload?.["seq"] === 6);
    expect(chats(watcher)).toEqual([1, 2, 3, 4, 5, 6].map((n) => [n, n]));
  });

  it("shows clients that do not ask for it nothing new", async () => {
    await using open = await openPlane();
    expect((await open.connect()).hello.payload).not.toHaveProperty("resume");
    const node = await open.connect({ ...connectParams3(), role: "node", caps: ["resume"], scopes: [] });
    expect(node.hello.payload).not.toHaveProperty("resume");
    expect(offerOf(await open.connect(CAP))).toEqual({ epoch: expect.any(String) as string, seq: 0 });
    expect(offerOf(await open.connect({ ...connectParams3(), ...CAP }))).toMatchObject({ seq: 0 });
  });

  const others: [string, Record<string, unknown>][] = [
    ["fewer scopes", { scopes: ["operator.read"] }],
    ["more scopes", { scopes: ["operator.admin", "operator.read"] }],
    ["another protocol", { minProtocol: 3, maxProtocol: 3 }],
    ["another program", { client: { ...CLI, id: "gateway-client", mode: "backend" } }],
    ["another instance", { client: { ...CLI, instanceId: "another" } }],
  ];
  it.each(others)("a client with %s gets nobody else's events", async (_what, change) => {
    await using open = await openPlane();
    const epoch = await clientThatMissed(open);
    const stranger = await open.connect({ ...change, resume: { epoch, seq: 0 } });
    expect(offerOf(stranger)).toMatchObject({ seq: 0, recovered: false });
    expect(offerOf(stranger)?.epoch).not.toBe(epoch);
    // And it does not cost the owner anything.
    const owner = await open.connect({ resume: { epoch, seq: 2 } });
    expect(offerOf(owner)).toMatchObject({ recovered: true });
    await owner.event("chat", ({ payload }) => payload?.["seq"] === 4);
    expect(stranger.events("chat")).toEqual([]);
  });

  it("says so when it can not: another start of the gateway, a number that was never sent, too late, too much", async () => {
    const cases: [PlaneOptions, (open: OpenPlane, epoch: string) => unknown][] = [
      [{}, () => ({ epoch: "of-the-process-before", seq: 2 })],
      [{}, (_open, epoch) => ({ epoch, seq: 3 })],
      [{ limits: { maxEvents: 1 } }, (_open, epoch) => ({ epoch, seq: 2 })],
      [{ limits: { maxReplayBytes: 200 } }, (_open, epoch) => ({ epoch, seq: 2 })],
      [{ limits: { maxBytes: 200 } }, (_open, epoch) => ({ epoch, seq: 2 })],
      [{ limits: { maxAway: 0 } }, (_open, epoch) => ({ epoch, seq: 2 })],
    ];
    for (const [options, resume] of cases) {
      await using open = await openPlane(options);
      const epoch = await clientThatMissed(open);
      const back = await open.connect({ resume: resume(open, epoch) });
      expect(offerOf(back)).toMatchObject({ seq: 0, recovered: false });
      open.bus.publish("chat", chat(9));
      await back.event("chat");
      expect(chats(back)).toEqual([[1, 9]]);
    }
  });

  it("keeps events for two minutes", async () => {
    for (const [waitMs, recovered] of [
      [119_000, true],
      [121_000, false],
    ] as const) {
      const clock = new ManualClock();
      await using open = await openPlane({ clock });
      const epoch = await clientThatMissed(open);
      await clock.advance(waitMs);
      expect(offerOf(await open.connect({ resume: { epoch, seq: 2 } }))).toMatchObject({ recovered });
    }
  });

  it("includes what was addressed to the connection that was lost, and nothing addressed to another", async () => {
    await using open = await openPlane();
    const client = await open.connect(CAP);
    await using other = await open.connect(CAP);
    const [connId, otherId] = [client, other].map(({ hello }) => {
      const server = hello.payload?.["server"] as { connId: string } | undefined;
      return server?.connId ?? "none";
    });
    if (connId === undefined || otherId === undefined) throw new Error("two are connected");
    open.bus.publish("chat", chat(1), { connectionIds: new Set([connId]) });
    open.bus.publish("chat", chat(2), { connectionIds: new Set([otherId]) });
    await client.event("chat");
    await cut(open, client);
    open.bus.publish("chat", chat(3), { connectionIds: new Set([otherId]) });
    open.bus.publish("chat", chat(4), { connectionIds: new Set([connId]) });
    open.bus.publish("chat", chat(5));
    const back = await open.connect({ resume: { epoch: offerOf(client)?.epoch, seq: 0 } });
    await back.event("chat", ({ payload }) => payload?.["seq"] === 5);
    expect(chats(back)).toEqual([
      [1, 1],
      [2, 4],
      [3, 5],
    ]);
  });

  it("takes over from a connection that is lost without the gateway knowing", async () => {
    await using open = await openPlane();
    const lost = await open.connect(CAP);
    open.bus.publish("chat", chat(1));
    await lost.event("chat");
    const back = await open.connect({ resume: { epoch: offerOf(lost)?.epoch, seq: 0 } });
    expect(await lost.close()).toEqual({ code: 4002, reason: "resumed on another connection" });
    open.bus.publish("chat", chat(2));
    await back.event("chat", ({ payload }) => payload?.["seq"] === 2);
    expect(chats(back)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it("refuses a point that is none", async () => {
    await using open = await openPlane();
    for (const resume of [
      {},
      { epoch: "e" },
      { epoch: "", seq: 1 },
      { epoch: "e", seq: -1 },
      { epoch: "e", seq: "1" },
    ]) {
      const client = await open.open();
      expect(await client.request("connect", connectParams({ resume }))).toMatchObject({
        ok: false,
        error: { code: "INVALID_REQUEST" },
      });
    }
  });
});

import type { PresenceEntry } from "@openclaw/protocol";
import { ManualClock } from "@openclaw/testkit/clock";
import { describe, expect, it } from "vitest";

import { Presence, type PresentClient } from "../../src/presence/presence.ts";
import { describeMachine } from "../../src/presence/self.ts";

function room() {
  const clock = new ManualClock();
  const published: (readonly PresenceEntry[])[] = [];
  const presence = new Presence({
    clock,
    self: { host: "studio", ip: "192.168.1.20", version: "1.2.3", platform: "linux 6", instanceId: "gateway-1" },
    publish: (entries) => void published.push(entries),
  });
  return { clock, published, presence, others: () => presence.list().slice(1) };
}

let connections = 0;
function client(changes: Partial<PresentClient["client"]> = {}, rest: Partial<PresentClient> = {}): PresentClient {
  const known = { id: "openclaw-macos", mode: "ui", version: "1.0.0", platform: "macos", ...changes };
  return {
    connectionId: `c${(connections += 1)}`,
    role: "operator",
    scopes: ["operator.read"],
    client: known,
    ...rest,
  };
}

describe("R6.3 the list", () => {
  it("begins with the gateway itself, fresh on every read", async () => {
    const { presence, clock } = room();
    const before = presence.list()[0];
    await clock.advance(1_000);
    expect(presence.list()).toEqual([{ ...before, ts: clock.now() }]);
    expect(before).toMatchObject({
      host: "studio",
      mode: "gateway",
      reason: "self",
      text: "Gateway: studio (192.168.1.20) · app 1.2.3 · mode gateway · reason self",
    });
  });

  it.each(["cli", "backend", "probe"])("leaves out clients of mode %s", (mode) => {
    const { presence, published } = room();
    const visitor = client({ mode });
    presence.connected(visitor);
    presence.disconnected(visitor);
    expect(presence.list()).toHaveLength(1);
    expect(published).toEqual([]);
  });
});

describe("R5.5 a row", () => {
  it("is the instance's, in whatever case it writes its id, so a reconnect adds none", () => {
    const { presence, others } = room();
    const first = client({ instanceId: "Inst-1", displayName: "Mac" });
    presence.connected(first);
    presence.disconnected(first);
    expect(others()).toMatchObject([{ reason: "disconnect" }]);
    presence.connected(client({ instanceId: "INST-1", displayName: "Mac" }));
    expect(others()).toMatchObject([{ host: "Mac", text: "Node: Mac · mode ui", reason: "connect" }]);
  });

  it("is the device's when there is no instance, and the connection's when there is neither", () => {
    const { presence, others } = room();
    presence.connected(client({}, { deviceId: "d1" }));
    presence.connected(client({}, { deviceId: "d1" }));
    const nameless = client();
    presence.connected(nameless);
    expect(others()).toHaveLength(2);
    presence.disconnected(nameless);
    expect(others()).toMatchObject([{ deviceId: "d1" }]);
  });

  it("stays connected while the newer of two connections lasts", () => {
    const { presence, others } = room();
    const old = client({ instanceId: "i" });
    presence.connected(old);
    const recent = client({ instanceId: "i" });
    presence.connected(recent);
    presence.disconnected(old);
    expect(others()).toMatchObject([{ reason: "connect" }]);
    presence.disconnected(recent);
    expect(others()).toMatchObject([{ reason: "disconnect" }]);
  });

  it("keeps the address it had when the client is on this machine the next time", () => {
    const { presence, others } = room();
    presence.connected(client({ instanceId: "i" }, { ip: "192.168.1.9" }));
    presence.connected(client({ instanceId: "i" }));
    expect(others()).toMatchObject([{ ip: "192.168.1.9" }]);
    presence.note({ text: "Node: x", instanceId: "i", ip: "127.0.0.1", lastInputSeconds: 3 });
    expect(others()).toMatchObject([{ ip: "192.168.1.9", lastInputSeconds: 3 }]);
  });

  it("that nothing stands behind is gone after five minutes; a connected one stays", async () => {
    const { presence, others, clock } = room();
    presence.connected(client({ instanceId: "stays" }));
    const gone = client({ instanceId: "goes" });
    presence.connected(gone);
    presence.disconnected(gone);
    presence.note({ text: "Node: kitchen", host: "kitchen" });
    await clock.advance(5 * 60_000);
    expect(others()).toHaveLength(3);
    await clock.advance(1);
    expect(others()).toMatchObject([{ instanceId: "stays" }]);
  });

  it("is one of at most 200; the oldest that nothing stands behind goes first", async () => {
    const { presence, others, clock } = room();
    presence.connected(client({ instanceId: "connected" }));
    for (let n = 0; n < 300; n += 1) {
      await clock.advance(1);
      presence.note({ text: `Node: n${n}`, host: `n${n}` });
    }
    const hosts = others().map(({ host }) => host);
    expect(hosts).toHaveLength(200);
    expect(hosts).toContain("openclaw-macos");
    expect(hosts[0]).toBe("n299");
    expect(hosts).not.toContain("n100");
  });
});

describe("R6.4 a note", () => {
  it("is told at once, and replaces the row of the same host", () => {
    const { presence, published, others } = room();
    presence.note({ text: "Node: kitchen · mode ui", host: "Kitchen", mode: "ui" });
    presence.note({ text: "Node: kitchen · away", host: "kitchen" });
    expect(published.map((entries) => entries.length)).toEqual([2, 2]);
    expect(others()).toMatchObject([{ host: "kitchen", mode: "ui", text: "Node: kitchen · away" }]);
  });
});

describe("changes", () => {
  it("are told at once, and a burst of them twice", async () => {
    const { presence, published, clock } = room();
    const before = presence.version;
    for (let n = 0; n < 50; n += 1) presence.connected(client({ instanceId: `i${n}` }));
    expect(published).toHaveLength(1);
    await clock.advance(200);
    expect(published.map((entries) => entries.length)).toEqual([2, 51]);
    await clock.advance(10_000);
    expect(published).toHaveLength(2);
    expect(presence.version).toBe(before + 50);
  });

  it("are told to nobody after the end", async () => {
    const { presence, published, clock } = room();
    presence.connected(client({ instanceId: "a" }));
    presence.connected(client({ instanceId: "b" }));
    presence[Symbol.dispose]();
    await clock.advance(1_000);
    expect(published).toHaveLength(1);
  });
});

it("the machine is described by its name, system and address", () => {
  expect(describeMachine("1.2.3", "id-1")).toMatchObject({
    host: expect.stringMatching(/./) as string,
    version: "1.2.3",
    platform: expect.stringMatching(/^\w+ \S+/) as string,
    instanceId: "id-1",
  });
});

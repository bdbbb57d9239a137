import { FakeGateway } from "@openclaw/testkit/fake-gateway";
import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { run } from "./memory-host.ts";

const DEVICE = "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889";
const described = {
  deviceId: DEVICE,
  publicKey: "6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw",
  displayName: "Phone",
  platform: "ios",
  clientId: "openclaw-ios",
  clientMode: "ui",
  role: "operator",
  roles: ["operator"],
  scopes: ["operator.read"],
};
const waiting = (requestId: string, ts: number) => ({ ...described, requestId, silent: false, isRepair: false, ts });
const paired = {
  ...described,
  approvedVia: "owner",
  createdAtMs: 1,
  approvedAtMs: 1,
  connected: true,
  tokens: [{ role: "operator", scopes: ["operator.read"], createdAtMs: 1, revokedAtMs: 2 }],
};
const list = { pending: [waiting("older", 1), waiting("newer", 2)], paired: [paired] };

describe("devices", () => {
  it("lists who waits and who is paired", async () => {
    await using gateway = await FakeGateway.start({ answers: { "device.pair.list": () => list } });
    const ran = await run(["devices", "list"], { url: gateway.url });
    expect(ran).toMatchObject({ exitCode: EXIT.ok });
    expect(ran.stdout).toMatch(/newer\s+Phone \(openclaw-ios, ios\)\s+fe812c12f3ab .*operator: operator\.read/u);
    expect(ran.stdout).toMatch(new RegExp(`${DEVICE}.*connected.*operator: operator\\.read \\(revoked\\)`, "u"));
    expect((await run(["devices", "list", "--json"], { url: gateway.url })).json).toEqual(list);
  });

  it("approves the request that is named, or the newest", async () => {
    await using gateway = await FakeGateway.start({
      answers: {
        "device.pair.list": () => list,
        "device.pair.approve": ({ params }) => ({ requestId: params["requestId"], device: paired }),
      },
    });
    const named = await run(["devices", "approve", "older"], { url: gateway.url });
    expect(named.stdout).toMatch(/^approved Phone/u);
    await run(["devices", "approve", "--latest"], { url: gateway.url });
    expect(gateway.callsOf("device.pair.approve")).toEqual([{ requestId: "older" }, { requestId: "newer" }]);
    for (const words of [[], ["older", "--latest"]])
      expect(await run(["devices", "approve", ...words], { url: gateway.url })).toMatchObject({ exitCode: EXIT.usage });
  });

  it("says when nobody waits", async () => {
    await using gateway = await FakeGateway.start({
      answers: { "device.pair.list": () => ({ pending: [], paired: [] }) },
    });
    const ran = await run(["devices", "approve", "--latest"], { url: gateway.url });
    expect(ran).toMatchObject({ exitCode: EXIT.failure });
    expect(ran.stderr).toContain("No device waits for approval");
  });

  it("rotates, revokes, removes, renames and rejects", async () => {
    await using gateway = await FakeGateway.start({
      answers: {
        "device.token.rotate": () => ({
          deviceId: DEVICE,
          role: "operator",
          scopes: ["operator.read"],
          rotatedAtMs: 1,
          token: "new-token",
        }),
        "device.token.revoke": () => ({ deviceId: DEVICE, role: "node", revokedAtMs: 1 }),
        "device.pair.remove": () => ({ deviceId: DEVICE }),
        "device.pair.rename": () => ({ deviceId: DEVICE, label: "Mine" }),
        "device.pair.reject": () => ({ requestId: "older", deviceId: DEVICE }),
      },
    });
    const { url } = gateway;
    const rotated = await run(
      ["devices", "rotate", "--device", DEVICE, "--role", "operator", "--scope", "operator.read"],
      {
        url,
      },
    );
    expect(rotated.stdout).toMatch(/\nnew-token\n$/u);
    expect(gateway.callsOf("device.token.rotate")).toEqual([
      { deviceId: DEVICE, role: "operator", scopes: ["operator.read"], showToken: true },
    ]);
    const others = [
      ["revoke", "--device", DEVICE, "--role", "node"],
      ["remove", DEVICE],
      ["rename", DEVICE, "Mine"],
      ["reject", "older"],
    ];
    for (const words of others) expect(await run(["devices", ...words], { url })).toMatchObject({ exitCode: EXIT.ok });
    expect(gateway.callsOf("device.token.revoke")).toEqual([{ deviceId: DEVICE, role: "node" }]);
    expect(gateway.callsOf("device.pair.remove")).toEqual([{ deviceId: DEVICE }]);
    expect(gateway.callsOf("device.pair.rename")).toEqual([{ deviceId: DEVICE, label: "Mine" }]);
    expect(gateway.callsOf("device.pair.reject")).toEqual([{ requestId: "older" }]);
  });
});

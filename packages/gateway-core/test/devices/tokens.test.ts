import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Device } from "../support/device.ts";
import { ELSEWHERE, introduce, openDevicePlane, pairPhone, PHONE, requestIdOf } from "../support/device-client.ts";
import type { OpenPlane } from "../support/plane.ts";
import type { RawClient } from "../support/raw-client.ts";

let open: OpenPlane;
let operator: RawClient;
beforeAll(async () => {
  open = await openDevicePlane();
  operator = await open.connect({ scopes: ["operator.admin"] });
});
afterAll(() => open[Symbol.asyncDispose]());

const pairedDevice = (scopes?: readonly string[]) => pairPhone(open, operator, scopes);

describe("rotating, revoking and removing", () => {
  it.each([
    ["device.token.rotate", 4],
    ["device.token.rotate", 3],
    ["device.token.revoke", 4],
    ["device.token.revoke", 3],
    ["device.pair.remove", 4],
  ] as const)(
    "%s closes the device's connections (protocol %i), and the old token is worth nothing",
    async (method, protocol) => {
      const { device, token } = await pairedDevice();
      const at = { from: ELSEWHERE, client: PHONE, protocol, version: "v2" } as const;
      const byToken = await introduce(open, device, { ...at, auth: { token } });
      const bySecret = await introduce(open, device, at);
      const other = await introduce(open, new Device());
      const role = method === "device.pair.remove" ? {} : { role: "operator" };
      expect((await operator.request(method, { deviceId: device.id, ...role })).ok).toBe(true);
      for (const { client } of [byToken, bySecret])
        expect(await client.close()).toEqual({ code: 4001, reason: "device removed" });
      expect((await other.client.request("health")).ok).toBe(true);
      const again = await introduce(open, device, { ...at, auth: { token } });
      expect(again.answer.error?.message).toMatch(/^unauthorized: gateway token mismatch/);
    },
  );

  it("after a rotation the device gets its new token with the secret; after a revocation it waits again", async () => {
    const { device } = await pairedDevice();
    const at = { from: ELSEWHERE, client: PHONE };
    await operator.request("device.token.rotate", { deviceId: device.id, role: "operator", scopes: ["operator.read"] });
    const rotated = await introduce(open, device, { ...at, scopes: ["operator.read"] });
    expect(rotated.answer.ok).toBe(true);
    expect((await introduce(open, device, { ...at, auth: { token: rotated.token } })).answer.error?.message).toMatch(
      /scope mismatch/,
    );
    const { payload } = await operator.request("device.token.revoke", { deviceId: device.id, role: "operator" });
    expect(payload).toMatchObject({
      deviceId: device.id,
      role: "operator",
      revokedAtMs: expect.any(Number) as unknown,
    });
    // Not even by way of the older protocol, in which a device was never asked twice.
    for (const protocol of [3, 4] as const)
      expect((await introduce(open, device, { ...at, protocol, version: "v2" })).answer.error?.code).toBe("NOT_PAIRED");
  });

  it("a rotation shows the token to the device itself, to protocol 3, and to those who say that they want it", async () => {
    const { device } = await pairedDevice(["operator.pairing"]);
    const rotate = { deviceId: device.id, role: "operator" };
    const withheld = await operator.request("device.token.rotate", rotate);
    expect(withheld.payload).toMatchObject({ tokenDelivery: "withheld-cross-device" });
    expect(withheld.payload).not.toHaveProperty("token");
    const shown = await operator.request("device.token.rotate", { ...rotate, showToken: true });
    const token = String(shown.payload?.["token"]);
    const self = await introduce(open, device, {
      from: ELSEWHERE,
      client: PHONE,
      scopes: ["operator.pairing"],
      auth: { token },
    });
    // It is told its new token before its own connection ends.
    const own = await self.client.request("device.token.rotate", rotate);
    expect(own.payload?.["token"]).toMatch(/^[\w-]{43}$/);
    expect(await self.client.close()).toEqual({ code: 4001, reason: "device removed" });
    await using old = await open.connect({ minProtocol: 3, maxProtocol: 3 });
    expect((await old.request("device.token.rotate", rotate)).payload).toHaveProperty("token");
  });

  it("add no scopes, and know no devices that are not there", async () => {
    const { device } = await pairedDevice(["operator.read"]);
    const more = { deviceId: device.id, role: "operator", scopes: ["operator.write"] };
    expect((await operator.request("device.token.rotate", more)).error?.message).toContain(
      "was not approved for operator.write",
    );
    for (const method of ["device.token.rotate", "device.token.revoke"])
      expect((await operator.request(method, { deviceId: "nope", role: "operator" })).error?.message).toBe(
        "unknown deviceId/role",
      );
    for (const [method, rest] of [
      ["device.pair.remove", {}],
      ["device.pair.rename", { label: "x" }],
    ] as const)
      expect((await operator.request(method, { deviceId: "nope", ...rest })).error?.message).toBe("unknown deviceId");
  });
});

describe("a device that wants more", () => {
  it("asks while it is connected, hears the answer, and has it with the next connection", async () => {
    const { device, token } = await pairedDevice(["operator.read"]);
    const at = { from: ELSEWHERE, client: PHONE, auth: { token } };
    const { client } = await introduce(open, device, { ...at, scopes: ["operator.read"] });
    const asked = await client.request("device.scopes.requestUpgrade", { scopes: ["operator.write"] });
    const requestId = String(asked.payload?.["requestId"]);
    const waiting = client.request("device.scopes.waitUpgrade", { requestId, timeoutMs: 20_000 });
    const { payload } = await operator.event(
      "device.pair.requested",
      (frame) => frame.payload?.["requestId"] === requestId,
    );
    expect(payload).toMatchObject({ isRepair: true, scopes: ["operator.write", "operator.read"] });
    await operator.request("device.pair.approve", { requestId });
    expect((await waiting).payload).toEqual({ requestId, status: "approved" });
    expect((await client.request("system-presence")).ok).toBe(true);
    expect((await introduce(open, device, { ...at, scopes: ["operator.write"] })).auth).toMatchObject({
      scopes: ["operator.write"],
      deviceToken: token,
    });
    expect(
      (await client.request("device.scopes.requestUpgrade", { scopes: ["operator.write"] })).error?.message,
    ).toMatch(/has these scopes already/);
  });

  it("hears of its own requests alone, and not for ever", async () => {
    const { device, token } = await pairedDevice(["operator.read"]);
    const { client } = await introduce(open, device, { from: ELSEWHERE, client: PHONE, auth: { token }, scopes: [] });
    const { answer } = await introduce(open, new Device(), { from: ELSEWHERE });
    const foreign = { requestId: requestIdOf(answer) };
    expect((await client.request("device.scopes.waitUpgrade", foreign)).error?.message).toBe("unknown requestId");
    const asked = await client.request("device.scopes.requestUpgrade", { scopes: ["operator.admin"] });
    const { requestId } = asked.payload as { requestId: string };
    expect((await client.request("device.scopes.waitUpgrade", { requestId, timeoutMs: 1 })).payload).toEqual({
      requestId,
      status: "pending",
    });
    expect((await operator.request("device.scopes.requestUpgrade", { scopes: [] })).error?.message).toMatch(
      /no device identity/,
    );
  });
});

it("a change of the gateway's secret closes those who came with it, and leaves devices with their tokens", async () => {
  await using own = await openDevicePlane();
  await using shared = await own.connect();
  const device = new Device();
  const { token } = await introduce(own, device);
  const byToken = await introduce(own, device, { auth: { token } });
  expect(byToken.answer.ok).toBe(true);
  own.plane.secretChanged();
  expect((await shared.close()).code).toBe(1008);
  expect((await byToken.client.request("health")).ok).toBe(true);
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Device } from "../support/device.ts";
import { ELSEWHERE, introduce, openDevicePlane, pairPhone, PHONE, requestIdOf } from "../support/device-client.ts";
import { CLI, type OpenPlane } from "../support/plane.ts";
import type { RawClient } from "../support/raw-client.ts";

let open: OpenPlane;
let operator: RawClient;
beforeAll(async () => {
  open = await openDevicePlane();
  operator = await open.connect({ scopes: ["operator.admin"] });
});
afterAll(() => open[Symbol.asyncDispose]());

function rowsOf(list: Readonly<Record<string, unknown>> | undefined, name: "pending" | "paired") {
  return (list?.[name] ?? []) as readonly { readonly deviceId: string }[];
}

const pairedDevice = (scopes?: readonly string[]) => pairPhone(open, operator, scopes);

describe("on this machine, with the gateway's secret", () => {
  it.each([3, 4] as const)("F24 a new device is approved without asking, in protocol %i", async (protocol) => {
    const device = new Device();
    const { answer, token, auth } = await introduce(open, device, { protocol, version: "v2" });
    expect(answer.ok).toBe(true);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(auth).toMatchObject({ role: "operator", scopes: ["operator.read", "operator.write"] });
    const { payload } = await operator.event(
      "device.pair.resolved",
      (frame) => frame.payload?.["deviceId"] === device.id,
    );
    expect(payload).toMatchObject({ decision: "approved" });
    const requested = operator.events("device.pair.requested");
    expect(requested.filter((frame) => frame.payload?.["deviceId"] === device.id)).toEqual([]);
  });

  it("it gets the same token each time, until that is rotated", async () => {
    const device = new Device();
    const first = await introduce(open, device);
    const second = await introduce(open, device, { auth: { token: first.token } });
    expect(second.auth).toMatchObject({ deviceToken: first.token, method: "device-token" });
    await operator.request("device.token.rotate", { deviceId: device.id, role: "operator" });
    const third = await introduce(open, device);
    expect(third.token).not.toBe(first.token);
  });

  it("F24 it may ask for more, take another role and change its platform without being asked", async () => {
    const device = new Device();
    await introduce(open, device, { scopes: ["operator.read"] });
    expect((await introduce(open, device, { scopes: ["operator.admin"] })).answer.ok).toBe(true);
    expect((await introduce(open, device, { role: "node" })).answer.ok).toBe(true);
    expect((await introduce(open, device, { client: { ...CLI, platform: "darwin" } })).answer.ok).toBe(true);
  });

  it("a library needs no pairing, and gets no token, key or not", async () => {
    const device = new Device();
    const client = { id: "gateway-client", mode: "backend", platform: "linux", version: "1.0.0" };
    const { answer, auth } = await introduce(open, device, { client });
    expect(answer.ok).toBe(true);
    expect(auth).not.toHaveProperty("deviceToken");
    expect(await open.parts.devices.find(device.id)).toBeUndefined();
  });

  it("a web page is approved as a page, but not when it says that it is a program", async () => {
    const origin = `http://127.0.0.1:${open.port}`;
    const page = { id: "openclaw-control-ui", mode: "webchat", platform: "Linux x86_64", version: "1.0.0" };
    expect((await introduce(open, new Device(), { origin, client: page })).answer.ok).toBe(true);
    expect((await introduce(open, new Device(), { origin })).answer.error).toMatchObject({
      code: "NOT_PAIRED",
      details: { reason: "not-paired" },
    });
    expect((await introduce(open, new Device(), { origin, protocol: 3, version: "v2" })).answer.ok).toBe(true);
  });

  it("F26 being on this machine is nothing without the secret", async () => {
    const device = new Device();
    const { answer } = await introduce(open, device, { auth: { token: "wrong" } });
    expect(answer.error).toMatchObject({
      code: "INVALID_REQUEST",
      details: { code: "AUTH_TOKEN_MISMATCH", canRetryWithDeviceToken: true },
    });
    expect(await open.parts.devices.find(device.id)).toBeUndefined();
  });
});

describe("from elsewhere", () => {
  it("a new device waits, in the words of protocol 4, and keeps its request when it asks again", async () => {
    const device = new Device();
    const first = await introduce(open, device, { from: ELSEWHERE, client: PHONE });
    const requestId = requestIdOf(first.answer);
    expect(first.answer.error).toMatchObject({
      code: "NOT_PAIRED",
      message: "pairing required: device is not approved yet",
      details: {
        code: "PAIRING_REQUIRED",
        reason: "not-paired",
        deviceId: device.id,
        requestedRole: "operator",
        requestedScopes: ["operator.read", "operator.write"],
      },
    });
    const reason = `pairing required: device is not approved yet (requestId: ${requestId})`;
    expect(await first.client.close()).toEqual({ code: 1008, reason });
    expect(requestIdOf((await introduce(open, device, { from: ELSEWHERE, client: PHONE })).answer)).toBe(requestId);
    const mine = (frame: { payload?: Readonly<Record<string, unknown>> }) => frame.payload?.["deviceId"] === device.id;
    const { payload } = await operator.event("device.pair.requested", mine);
    expect(payload).toMatchObject({
      requestId,
      clientId: "openclaw-ios",
      remoteIp: ELSEWHERE,
      silent: false,
      isRepair: false,
    });
    expect(operator.events("device.pair.requested").filter(mine)).toHaveLength(1);
  });

  it("a new device waits, in the words of protocol 3", async () => {
    const { answer, client } = await introduce(open, new Device(), { from: ELSEWHERE, protocol: 3, version: "v2" });
    expect(answer.error).toEqual({
      code: "NOT_PAIRED",
      message: "pairing required",
      details: { requestId: expect.any(String) as unknown },
    });
    expect(await client.close()).toEqual({ code: 1008, reason: "pairing required" });
  });

  it("an approved device comes in with the secret, then with its token in either field", async () => {
    const { device, token } = await pairedDevice();
    for (const auth of [{ token }, { deviceToken: token }, { token: "stale", deviceToken: token }]) {
      const { auth: hello, answer } = await introduce(open, device, { from: ELSEWHERE, client: PHONE, auth });
      expect(answer.error).toBeUndefined();
      expect(hello).toMatchObject({ method: "device-token", deviceToken: token });
    }
    const old = await introduce(open, device, {
      from: ELSEWHERE,
      client: PHONE,
      auth: { token },
      protocol: 3,
      version: "v2",
    });
    expect(old.auth).toEqual({
      deviceToken: token,
      role: "operator",
      scopes: ["operator.read", "operator.write"],
      issuedAtMs: expect.any(Number) as unknown,
    });
  });

  it("a token gives what it carries or less, and never more", async () => {
    const { device, token } = await pairedDevice();
    const at = { from: ELSEWHERE, client: PHONE, auth: { token } };
    const less = await introduce(open, device, { ...at, scopes: ["operator.read"] });
    expect(less.auth).toMatchObject({ scopes: ["operator.read"] });
    expect((await introduce(open, device, { ...at, scopes: ["operator.read", "operator.bogus"] })).auth).toMatchObject({
      scopes: ["operator.read"],
    });
    const more = await introduce(open, device, { ...at, scopes: ["operator.read", "operator.admin"] });
    expect(more.answer.error).toMatchObject({
      code: "INVALID_REQUEST",
      message: "unauthorized: device token scope mismatch (re-pair or approve scope upgrade)",
      details: { code: "AUTH_SCOPE_MISMATCH", recommendedNextStep: "review_auth_configuration" },
    });
    const old = { ...at, protocol: 3, version: "v2" } as const;
    expect((await introduce(open, device, { ...old, scopes: ["operator.admin"] })).answer.error?.message).toMatch(
      /^unauthorized: gateway token mismatch/,
    );
    // Clients of protocol 3 that ask for nothing get all there is to get, which is not everything.
    const nothing = await introduce(open, device, { ...old, scopes: [] });
    expect((await nothing.client.request("system-event", { text: "hi" })).error?.message).toBe(
      "missing scope: operator.admin",
    );
  });

  it.each([
    ["more scopes", { scopes: ["operator.admin"] }, "scope-upgrade"],
    ["another role", { role: "node" }, "role-upgrade"],
    ["another platform", { client: { ...PHONE, platform: "android" } }, "metadata-upgrade"],
  ] as const)("a device with %s waits again", async (_what, change, reason) => {
    const { device } = await pairedDevice();
    const { answer } = await introduce(open, device, { from: ELSEWHERE, client: PHONE, ...change });
    expect(answer.error).toMatchObject({
      code: "NOT_PAIRED",
      details: { reason, approvedRoles: ["operator"], approvedScopes: ["operator.read", "operator.write"] },
    });
  });

  it("a newer request of a device takes the place of the older, and asks for nothing else", async () => {
    const { device } = await pairedDevice();
    const at = { from: ELSEWHERE, client: PHONE };
    const wide = requestIdOf((await introduce(open, device, { ...at, scopes: ["operator.admin"] })).answer);
    const narrow = requestIdOf((await introduce(open, device, { ...at, role: "node" })).answer);
    const { payload } = await operator.event("device.pair.resolved", (frame) => frame.payload?.["requestId"] === wide);
    expect(payload).toMatchObject({ decision: "rejected" });
    const { payload: list } = await operator.request("device.pair.list", {});
    const own = rowsOf(list, "pending").filter(({ deviceId }) => deviceId === device.id);
    expect(own).toMatchObject([{ requestId: narrow, role: "node", scopes: [], isRepair: true }]);
    await operator.request("device.pair.approve", { requestId: narrow });
    expect((await introduce(open, device, { ...at, role: "node" })).answer.ok).toBe(true);
    expect((await introduce(open, device, { ...at, scopes: ["operator.admin"] })).answer.ok).toBe(false);
  });

  it("a token of one role is none of another", async () => {
    const { device, token } = await pairedDevice();
    const { answer } = await introduce(open, device, { from: ELSEWHERE, role: "node", auth: { token }, client: PHONE });
    expect(answer.error?.message).toMatch(/^unauthorized: gateway token mismatch/);
  });
});

describe("an operator", () => {
  it("lists, approves, renames and removes devices, and never sees a token", async () => {
    const { device, token } = await pairedDevice();
    await operator.request("device.pair.rename", { deviceId: device.id, label: "Ada's phone" });
    const { payload } = await operator.request("device.pair.list", {});
    const row = rowsOf(payload, "paired").find(({ deviceId }) => deviceId === device.id);
    expect(row).toMatchObject({
      displayName: "Ada's phone",
      approvedVia: "owner",
      remoteIp: ELSEWHERE,
      roles: ["operator"],
      tokens: [{ role: "operator", scopes: ["operator.read", "operator.write"] }],
    });
    expect(JSON.stringify(payload)).not.toContain(token);
    expect((await operator.request("device.pair.remove", { deviceId: device.id })).payload).toEqual({
      deviceId: device.id,
    });
    const again = await introduce(open, device, { from: ELSEWHERE, client: PHONE, auth: { token } });
    expect(again.answer.error?.message).toMatch(/token mismatch/);
  });

  it("hears of a decision before its answer, and decides once", async () => {
    const { answer } = await introduce(open, new Device(), { from: ELSEWHERE });
    const requestId = requestIdOf(answer);
    expect((await operator.request("device.pair.approve", { requestId }, "approve-1")).ok).toBe(true);
    const event = operator.frames.findIndex(
      (frame) => frame.event === "device.pair.resolved" && frame.payload?.["requestId"] === requestId,
    );
    expect(event).toBeGreaterThan(-1);
    expect(event).toBeLessThan(operator.frames.findIndex(({ id }) => id === "approve-1"));
    for (const method of ["device.pair.approve", "device.pair.reject"])
      expect((await operator.request(method, { requestId })).error?.message).toBe("unknown requestId");
  });

  it("gives nobody what it does not have itself", async () => {
    await using helper = await open.connect({ scopes: ["operator.pairing", "operator.read"] });
    const ask = async (scopes: string[]) =>
      requestIdOf((await introduce(open, new Device(), { from: ELSEWHERE, scopes })).answer);
    const wide = await ask(["operator.read", "operator.write"]);
    expect((await helper.request("device.pair.approve", { requestId: wide })).error).toMatchObject({
      code: "INVALID_REQUEST",
      message: "device pairing approval denied",
      details: { missingScope: "operator.write" },
    });
    // The request is still there for somebody who may.
    expect((await operator.request("device.pair.approve", { requestId: wide })).ok).toBe(true);
    expect((await helper.request("device.pair.approve", { requestId: await ask(["operator.read"]) })).ok).toBe(true);
  });

  it("gives back nothing that it does not have, by way of a device that had more", async () => {
    const { device } = await pairedDevice(["operator.admin"]);
    await using helper = await open.connect({ scopes: ["operator.pairing", "operator.read"] });
    const at = { from: ELSEWHERE, client: { ...PHONE, platform: "android" }, scopes: ["operator.read"] };
    const request = async () => requestIdOf((await introduce(open, device, at)).answer);
    const changed = await helper.request("device.pair.approve", { requestId: await request() });
    expect(changed.error?.message).toBe("device pairing approval denied");
    expect(
      (await helper.request("device.token.rotate", { deviceId: device.id, role: "operator", showToken: true })).error
        ?.message,
    ).toBe("device token rotation denied");
    await helper.request("device.token.revoke", { deviceId: device.id, role: "operator" });
    expect((await helper.request("device.pair.approve", { requestId: await request() })).ok).toBe(true);
    const { answer } = await introduce(open, device, { ...at, scopes: ["operator.admin"] });
    expect(answer.error).toMatchObject({ details: { reason: "scope-upgrade", approvedScopes: ["operator.read"] } });
  });

  it("needs the scope for pairing, and hears of devices only with it", async () => {
    await using reader = await open.connect({ scopes: ["operator.read", "operator.write", "operator.approvals"] });
    expect((await reader.request("device.pair.list", {})).error?.message).toBe("missing scope: operator.pairing");
    await introduce(open, new Device(), { from: ELSEWHERE });
    await reader.request("health");
    expect(reader.frames.filter(({ event }) => event?.startsWith("device."))).toEqual([]);
  });
});

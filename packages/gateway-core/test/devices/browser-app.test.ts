import { describe, expect, it } from "vitest";

import { networkSettings } from "../../src/config/listen.ts";
import { fixedConfig } from "../../src/config/runtime.ts";
import { Device } from "../support/device.ts";
import { ELSEWHERE, introduce, openDevicePlane } from "../support/device-client.ts";
import { connectParams, type OpenPlane } from "../support/plane.ts";

const APP = { id: "openclaw-control-ui", mode: "webchat", platform: "Linux x86_64", version: "1.0.0" };
const SCOPES = ["operator.admin", "operator.approvals", "operator.pairing"];

async function openWith(controlUi: { allowInsecureAuth?: boolean; dangerouslyDisableDeviceAuth?: boolean }) {
  const { browserApp } = networkSettings(fixedConfig({ gateway: { controlUi } }), {});
  return openDevicePlane({ settings: { browserApp } });
}

async function withoutDevice(open: OpenPlane, protocol: 3 | 4, changes: Readonly<Record<string, unknown>> = {}) {
  const client = await open.open({ headers: { "x-forwarded-for": ELSEWHERE } });
  const versions = { minProtocol: protocol, maxProtocol: protocol };
  const answer = await client.request(
    "connect",
    connectParams({ ...versions, client: APP, scopes: SCOPES, ...changes }),
  );
  return { client, answer };
}

describe("5.16 the browser app", () => {
  it("needs a device beside the secret, and is told so in the words of its generation", async () => {
    await using open = await openWith({});
    const old = await withoutDevice(open, 3);
    const message = "control ui requires HTTPS or localhost (secure context)";
    expect(old.answer.error).toEqual({ code: "INVALID_REQUEST", message });
    expect(await old.client.close()).toEqual({ code: 1008, reason: message });
    const { answer } = await withoutDevice(open, 4);
    expect(answer.error).toMatchObject({
      code: "INVALID_REQUEST",
      message: "control ui requires device identity (use HTTPS or localhost secure context)",
      details: { code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" },
    });
    const wrong = await withoutDevice(open, 4, { auth: { token: "wrong" } });
    expect(wrong.answer.error?.details?.["code"]).toBe("AUTH_TOKEN_MISMATCH");
  });

  it("with one comes in from this machine at once, goes on with the device's token, and waits elsewhere", async () => {
    await using open = await openWith({});
    for (const protocol of [3, 4] as const) {
      const origin = `http://localhost:${open.port}`;
      const version = protocol === 3 ? "v2" : "v3";
      const page = { client: APP, protocol, version, scopes: SCOPES, origin } as const;
      const device = new Device();
      const { answer, token } = await introduce(open, device, page);
      expect(answer.ok).toBe(true);
      expect((await introduce(open, device, { ...page, auth: { token } })).answer.ok).toBe(true);
      const { origin: _, ...remote } = page;
      const waiting = await introduce(open, new Device(), { ...remote, from: ELSEWHERE });
      expect(waiting.answer.error?.code).toBe("NOT_PAIRED");
    }
  });

  it("may do without a key where that is allowed, but a key that it shows still counts", async () => {
    await using open = await openWith({ allowInsecureAuth: true });
    for (const protocol of [3, 4] as const) {
      expect((await withoutDevice(open, protocol)).answer.ok).toBe(true);
      expect((await withoutDevice(open, protocol, { auth: { token: "wrong" } })).answer.ok).toBe(false);
    }
    const waiting = await introduce(open, new Device(), { client: APP, from: ELSEWHERE });
    expect(waiting.answer.error?.code).toBe("NOT_PAIRED");
    const forged = await introduce(open, new Device(), { client: APP, proof: { signature: "AAAA" } });
    expect(forged.answer.error?.message).toBe("device signature invalid");
  });

  it("is let in unasked when devices are not checked, and an unproven key is nobody's", async () => {
    await using open = await openWith({ dangerouslyDisableDeviceAuth: true });
    const device = new Device();
    const proven = await introduce(open, device, { client: APP, from: ELSEWHERE });
    expect(proven.answer.ok).toBe(true);
    expect((await withoutDevice(open, 4)).answer.ok).toBe(true);
    const forged = await introduce(open, device, { client: APP, from: ELSEWHERE, proof: { signature: "AAAA" } });
    expect(forged.answer.ok).toBe(true);
    expect(forged.auth).not.toHaveProperty("deviceToken");
    const operator = await open.connect();
    expect((await operator.request("device.pair.remove", { deviceId: device.id })).ok).toBe(true);
    expect((await proven.client.close()).code).toBe(4001);
    expect((await forged.client.request("health")).ok).toBe(true);
    const wrong = { client: APP, from: ELSEWHERE, auth: { token: "wrong" } };
    expect((await introduce(open, device, wrong)).answer.ok).toBe(false);
    expect((await introduce(open, device, { ...wrong, proof: { signature: "AAAA" } })).answer.ok).toBe(false);
    // Other programs are asked as ever.
    expect((await introduce(open, new Device(), { from: ELSEWHERE })).answer.error?.code).toBe("NOT_PAIRED");
  });
});

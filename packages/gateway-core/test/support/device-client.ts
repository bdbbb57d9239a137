import { devicePairApprove } from "../../src/methods/device.pair.approve.ts";
import { devicePairList } from "../../src/methods/device.pair.list.ts";
import { devicePairReject } from "../../src/methods/device.pair.reject.ts";
import { devicePairRemove } from "../../src/methods/device.pair.remove.ts";
import { devicePairRename } from "../../src/methods/device.pair.rename.ts";
import { deviceScopesRequestUpgrade } from "../../src/methods/device.scopes.requestUpgrade.ts";
import { deviceScopesWaitUpgrade } from "../../src/methods/device.scopes.waitUpgrade.ts";
import { deviceTokenRevoke } from "../../src/methods/device.token.revoke.ts";
import { deviceTokenRotate } from "../../src/methods/device.token.rotate.ts";
import { Device } from "./device.ts";
import { CLI, connectParams, type OpenPlane, openPlane, type PlaneOptions, TOKEN } from "./plane.ts";
import type { AnyFrame, RawClient } from "./raw-client.ts";

const DEVICE_HANDLERS = {
  "device.pair.approve": devicePairApprove,
  "device.pair.list": devicePairList,
  "device.pair.reject": devicePairReject,
  "device.pair.remove": devicePairRemove,
  "device.pair.rename": devicePairRename,
  "device.scopes.requestUpgrade": deviceScopesRequestUpgrade,
  "device.scopes.waitUpgrade": deviceScopesWaitUpgrade,
  "device.token.revoke": deviceTokenRevoke,
  "device.token.rotate": deviceTokenRotate,
};

/** A control plane with the methods of devices, behind a proxy that says where clients are. */
export function openDevicePlane(options: PlaneOptions = {}): Promise<OpenPlane> {
  const settings = { ...options.settings, trustedProxies: ["127.0.0.1"] };
  return openPlane({ ...options, settings, handlers: { ...DEVICE_HANDLERS, ...options.handlers } });
}

export interface Introduction {
  /** The address it comes from; this machine without it. */
  readonly from?: string;
  readonly protocol?: 3 | 4;
  readonly role?: "operator" | "node";
  readonly scopes?: readonly string[];
  readonly auth?: Readonly<Record<string, string>>;
  readonly client?: { readonly id: string; readonly mode: string; readonly platform: string; readonly version: string };
  readonly origin?: string;
  readonly version?: "v2" | "v3";
  /** In place of what a device would sign and say. */
  readonly proof?: Readonly<Record<string, unknown>>;
}

export interface Introduced {
  readonly client: RawClient;
  readonly answer: AnyFrame;
  /** The token in the hello. */
  readonly token: string;
  readonly auth: Readonly<Record<string, unknown>> | undefined;
}

/** A device that connects, let in or not. */
export async function introduce(open: OpenPlane, device: Device, introduction: Introduction = {}): Promise<Introduced> {
  const { from, origin, protocol = 4, role = "operator", client: info = CLI, auth = { token: TOKEN } } = introduction;
  const { scopes = role === "node" ? [] : ["operator.read", "operator.write"], version = "v3", proof } = introduction;
  const headers = {
    ...(from === undefined ? {} : { "x-forwarded-for": from }),
    ...(origin === undefined ? {} : { origin }),
  };
  const client = await open.open({ headers });
  const token = auth["token"] ?? auth["deviceToken"] ?? "";
  const signed = { version, client: info, role, scopes, token, nonce: client.nonce, signedAt: Date.now() };
  const params = {
    minProtocol: protocol,
    maxProtocol: protocol,
    client: info,
    role,
    scopes,
    auth,
    device: { ...device.proof(signed), ...proof },
  };
  const answer = await client.request("connect", connectParams(params));
  const hello = answer.payload?.["auth"] as Readonly<Record<string, unknown>> | undefined;
  return { client, answer, token: String(hello?.["deviceToken"]), auth: hello };
}

export const ELSEWHERE = "198.51.100.7";
export const PHONE = { id: "openclaw-ios", mode: "ui", platform: "ios", version: "1.0.0" };

export function requestIdOf(answer: AnyFrame): string {
  return String(answer.error?.details?.["requestId"]);
}

/** A phone elsewhere that an operator approved, with the token it got. */
export async function pairPhone(
  open: OpenPlane,
  operator: RawClient,
  scopes: readonly string[] = ["operator.read", "operator.write"],
): Promise<{ readonly device: Device; readonly token: string }> {
  const device = new Device();
  const refused = await introduce(open, device, { from: ELSEWHERE, client: PHONE, scopes });
  await operator.request("device.pair.approve", { requestId: requestIdOf(refused.answer) });
  const { token, client } = await introduce(open, device, { from: ELSEWHERE, client: PHONE, scopes });
  client.socket.close();
  return { device, token };
}

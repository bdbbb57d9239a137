import { createPublicKey } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Device, type SigningOptions } from "../support/device.ts";
import { CLI, connectParams, type OpenPlane, openPlane, TOKEN } from "../support/plane.ts";

let open: OpenPlane;
beforeAll(async () => {
  open = await openPlane();
});
afterAll(() => open[Symbol.asyncDispose]());

const device = new Device();

interface Attempt {
  readonly protocol?: 3 | 4;
  readonly sign?: SigningOptions;
  /** Changes to the `device` member after signing. */
  readonly proof?: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Connects with a signed device; answers "ok" or the error. */
async function attempt({ protocol = 4, sign = {}, proof = {}, params = {} }: Attempt): Promise<unknown> {
  await using client = await open.open();
  const signed = device.proof({
    scopes: ["operator.admin"],
    token: TOKEN,
    nonce: client.nonce,
    signedAt: Date.now(),
    ...sign,
  });
  const { ok, error } = await client.request(
    "connect",
    connectParams({ minProtocol: protocol, maxProtocol: protocol, device: { ...signed, ...proof }, ...params }),
  );
  if (ok === true) return "ok";
  expect(await client.close()).toEqual({ code: 1008, reason: error?.message.slice(0, 120) });
  return error;
}

function refusal(message: string, code: string, reason: string) {
  return { code: "INVALID_REQUEST", message, details: { code, reason } };
}

const SIGNATURE = refusal("device signature invalid", "DEVICE_AUTH_SIGNATURE_INVALID", "device-signature");
const NONCE = refusal("device nonce mismatch", "DEVICE_AUTH_NONCE_MISMATCH", "device-nonce-mismatch");
const EXPIRED = refusal("device signature expired", "DEVICE_AUTH_SIGNATURE_EXPIRED", "device-signature-stale");
const IDENTITY = refusal("device identity mismatch", "DEVICE_AUTH_DEVICE_ID_MISMATCH", "device-id-mismatch");

it("the published test vector verifies", () => {
  const known = new Device(Buffer.alloc(32, 7));
  expect(known.publicKey).toBe("6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw");
  expect(known.id).toBe("fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889");
  const signed = {
    scopes: ["operator.read", "operator.write"],
    signedAt: 1_800_000_000_000,
    token: "tok",
    nonce: "11111111-2222-4333-8444-555555555555",
  };
  expect(known.sign(signed)).toBe(
    "A1_OgoyJIoXbu8eeQ1VdvxV883z0UH9iypwo-rdsmlP7mApKYULOtDnQndXIDXoBdhA4yVN2kYkz-0snNkx1DA",
  );
  expect(known.sign({ ...signed, version: "v3", client: { ...CLI, deviceFamily: "linux" } })).toBe(
    "O2fIOc0AACB0egeOsjytd5uhc--lxaIW4cYaeGS5vwhtNyNOrt056ojAt8YAvBakYXXv1eQwQ9DzA5qo11SIAw",
  );
  expect(known.sign({ ...signed, version: "v1" })).toBe(
    "CLFeFTJEfFnyPndS6zWRkSAqX_8B-gt1jbR7rJWdV8swopKelAxnJT1_xQ3pPzPRRZyMrWK0_7RtEErDD1FhBw",
  );
});

describe("a signed device", () => {
  it.each([
    [3, "v2"],
    [3, "v3"],
    [4, "v2"],
    [4, "v3"],
  ] as const)("is let in by protocol %i with the %s text", async (protocol, version) => {
    expect(await attempt({ protocol, sign: { version } })).toBe("ok");
  });

  it("gets a token of its own, also in protocol 3", async () => {
    await using client = await open.open();
    const proof = device.proof({ scopes: ["operator.admin"], token: TOKEN, nonce: client.nonce, signedAt: Date.now() });
    const { payload } = await client.request(
      "connect",
      connectParams({ minProtocol: 3, maxProtocol: 3, device: proof }),
    );
    expect(payload?.["auth"]).toEqual({
      deviceToken: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      issuedAtMs: expect.any(Number) as unknown,
      role: "operator",
      scopes: ["operator.admin"],
    });
  });

  it("may name its platform in any case and with spaces", async () => {
    const client = { ...CLI, platform: "macOS", deviceFamily: " Mac " };
    expect(await attempt({ sign: { version: "v3", client }, params: { client } })).toBe("ok");
  });

  it("may sign without a nonce in protocol 3 on this machine; protocol 4 wants one", async () => {
    expect(await attempt({ protocol: 3, sign: { version: "v1" } })).toBe("ok");
    expect(await attempt({ protocol: 4, sign: { version: "v1" } })).toMatchObject({
      message: "invalid connect params: at /device: must have required property 'nonce'",
    });
  });

  it("may write its key as base64 or PEM, and its signature as padded base64", async () => {
    const pem = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: device.publicKey }, format: "jwk" }).export({
      format: "pem",
      type: "spki",
    });
    expect(await attempt({ proof: { publicKey: device.raw.toString("base64") } })).toBe("ok");
    expect(await attempt({ proof: { publicKey: pem } })).toBe("ok");
    await using client = await open.open();
    const proof = device.proof({ scopes: ["operator.admin"], token: TOKEN, nonce: client.nonce, signedAt: Date.now() });
    const padded = Buffer.from(String(proof["signature"]), "base64url").toString("base64");
    expect((await client.request("connect", connectParams({ device: { ...proof, signature: padded } }))).ok).toBe(true);
  });

  it("signs the token it presents, and none when it presents a password", async () => {
    expect(await attempt({ sign: { token: "" } })).toEqual(SIGNATURE);
    expect(await attempt({ sign: { token: "" }, params: { auth: { password: TOKEN } } })).toBe("ok");
  });
});

describe("a device is refused", () => {
  it.each([
    ["with the nonce of another socket", { sign: { nonce: "11111111-2222-4333-8444-555555555555" } }, NONCE],
    [
      "with a signature of something else",
      { proof: { signature: Buffer.alloc(64, 1).toString("base64url") } },
      SIGNATURE,
    ],
    ["with a signature in hex", { proof: { signature: "ab".repeat(64) } }, SIGNATURE],
    ["when it signed other scopes", { sign: { scopes: [] } }, SIGNATURE],
    [
      "when it signed the text without a nonce but sends one",
      { sign: { version: "v1" }, proof: { nonce: undefined } },
      undefined,
    ],
    ["with a key in DER", { proof: { publicKey: `MCowBQYDK2VwAyEA${device.raw.toString("base64url")}` } }, IDENTITY],
    ["with garbage for a key", { proof: { publicKey: "!!!" } }, IDENTITY],
    [
      "with an RSA key",
      {
        proof: {
          publicKey: "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK==\n-----END PUBLIC KEY-----\n",
        },
      },
      IDENTITY,
    ],
    ["under the id of another device", { proof: { id: new Device().id } }, IDENTITY],
    ["under its id in upper case", { proof: { id: device.id.toUpperCase() } }, IDENTITY],
    ["when it signed over two minutes ago", { sign: { signedAt: Date.now() - 125_000 } }, EXPIRED],
    ["when it signed in the future", { sign: { signedAt: Date.now() + 150_000 } }, EXPIRED],
  ] as const)("%s", async (_name, change, error) => {
    const answer = await attempt(change);
    if (error) expect(answer).toEqual(error);
    else expect(answer).not.toBe("ok");
  });

  it("later in protocol 3, and without details", async () => {
    expect(await attempt({ protocol: 3, sign: { signedAt: Date.now() - 590_000 } })).toBe("ok");
    expect(await attempt({ protocol: 3, sign: { signedAt: Date.now() - 610_000 } })).toEqual({
      code: "INVALID_REQUEST",
      message: EXPIRED.message,
    });
  });

  it("before its credential is looked at, and its credential is looked at all the same", async () => {
    expect(await attempt({ sign: { scopes: [] }, params: { auth: { token: "wrong" } } })).toEqual(SIGNATURE);
    expect(await attempt({ sign: { token: "wrong" }, params: { auth: { token: "wrong" } } })).toMatchObject({
      message: /token mismatch/,
      details: { canRetryWithDeviceToken: true, recommendedNextStep: "retry_with_device_token" },
    });
    expect(await attempt({ sign: { token: "" }, params: { auth: undefined } })).toMatchObject({
      details: { code: "AUTH_TOKEN_MISSING" },
    });
  });
});

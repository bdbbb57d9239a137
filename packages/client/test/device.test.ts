import { createPublicKey, verify } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { validateConnectParams } from "@openclaw/protocol/validators";
import { describe, expect, it } from "vitest";

import { type Device, type DeviceStorage, GatewayClient, openDevice } from "../src/index.ts";
import { deviceFile } from "../src/node.ts";
import { failure, FakeGateway, OPTIONS, type Peer } from "./fake-gateway.ts";

const { token: _token, ...WITHOUT_SECRET } = OPTIONS;
/** The seed of 32 bytes 0x07 as PKCS #8. Source: wire facts 8.9. */
const KNOWN_KEY = Buffer.from(`302e020100300506032b657004220420${"07".repeat(32)}`, "hex").toString("base64url");

function memory(text?: string): DeviceStorage & { text: string | undefined } {
  const storage = {
    text,
    read: () => Promise.resolve(storage.text),
    write: (next: string) => {
      storage.text = next;
      return Promise.resolve();
    },
  };
  return storage;
}

interface Proof {
  readonly id: string;
  readonly publicKey: string;
  readonly signature: string;
  readonly signedAt: number;
  readonly nonce: string;
}

function proofOf(peer: Peer): Proof {
  return peer.connectParams?.["device"] as Proof;
}

function isSigned(device: Device, text: string, { signature }: Proof): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: device.publicKey }, format: "jwk" });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64url"));
}

function authOf(peer: Peer): unknown {
  return peer.connectParams?.["auth"];
}

function refuse(peer: Peer, error: object): void {
  peer.fail("connect", { code: "INVALID_REQUEST", ...error });
  peer.close(1008, "refused");
}

const MISMATCH = {
  message: "unauthorized: gateway token mismatch (provide gateway auth token)",
  details: { code: "AUTH_TOKEN_MISMATCH", recommendedNextStep: "retry_with_device_token" },
};

describe("a device", () => {
  it("has the id and the signature that the wire facts give for a known key", async () => {
    const device = await openDevice(memory(JSON.stringify({ version: 1, privateKey: KNOWN_KEY, tokens: {} })));
    expect(device.id).toBe("fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889");
    expect(device.publicKey).toBe("6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw");
    const text = `v2|${device.id}|cli|cli|operator|operator.read,operator.write|1800000000000|tok|11111111-2222-4333-8444-555555555555`;
    expect(await device.sign(text)).toBe(
      "A1_OgoyJIoXbu8eeQ1VdvxV883z0UH9iypwo-rdsmlP7mApKYULOtDnQndXIDXoBdhA4yVN2kYkz-0snNkx1DA",
    );
  });

  it("is the same each time it is opened, in a file that only its owner may read", async () => {
    await using directory = await createTempDirectory();
    const path = join(directory.path, "state", "device.json");
    const first = await openDevice(deviceFile(path));
    await first.keepToken("ws://127.0.0.1:18789", "operator", "a-device-token");
    const second = await openDevice(deviceFile(path));
    expect(second.id).toBe(first.id);
    expect(second.token("ws://127.0.0.1:18789/", "operator")).toBe("a-device-token");
    expect(second.token("ws://127.0.0.1:18789", "node")).toBeUndefined();
    expect(second.token("ws://127.0.0.1:18790", "operator")).toBeUndefined();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory.path, "state"))).mode & 0o777).toBe(0o700);
  });

  it("is not made anew over a file that holds something else", async () => {
    await using directory = await createTempDirectory();
    const path = join(directory.path, "device.json");
    for (const text of ["", "{", '{"version":1}', '{"version":1,"privateKey":"no key"}']) {
      await writeFile(path, text);
      expect(await failure(openDevice(deviceFile(path)))).toMatchObject({ code: "INVALID_REQUEST" });
      expect(await readFile(path, "utf8")).toBe(text);
    }
  });
});

describe("a client with a device", () => {
  it("signs the newest form with the gateway's nonce and clock", async () => {
    const gateway = new FakeGateway();
    const device = await openDevice(memory());
    const client = { ...OPTIONS.client, platform: " MacOS", deviceFamily: "Mac" };
    await using _ = await GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, device, client });
    const proof = proofOf(gateway.peer);
    expect(validateConnectParams(gateway.peer.connectParams)).toBe(true);
    const text = `v3|${device.id}|test|test|operator|operator.read,operator.write|1795394412642|a-token|nonce-1|macos|mac`;
    expect(isSigned(device, text, proof)).toBe(true);
    expect(proof).toMatchObject({ id: device.id, publicKey: device.publicKey, signedAt: 1_795_394_412_642 });
  });

  it("signs the older form for a gateway that does not know the newest", async () => {
    const gateway = new FakeGateway({
      connect: (peer) =>
        gateway.attempts === 1 ? refuse(peer, { message: "device signature invalid" }) : peer.hello({ protocol: 3 }),
    });
    const device = await openDevice(memory());
    await using _ = await GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, device });
    const text = `v2|${device.id}|test|test|operator|operator.read,operator.write|1795394412642|a-token|nonce-1`;
    expect(isSigned(device, text, proofOf(gateway.peer))).toBe(true);
    expect(gateway.attempts).toBe(2);
  });

  it("shows no proof where the gateway gave no nonce, since anybody could use it again", async () => {
    const gateway = new FakeGateway({ opened: () => {} });
    const device = await openDevice(memory());
    await using _ = await GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, device });
    expect(gateway.peer.connectParams).not.toHaveProperty("device");
  });

  it("keeps the token it is given, and shows it when it has no other secret", async () => {
    const gateway = new FakeGateway({ connect: (peer) => peer.hello({ auth: { deviceToken: "dt-1" } }) });
    const storage = memory();
    const device = await openDevice(storage);
    await (await GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, device })).close();
    expect(authOf(gateway.peer)).toEqual({ token: "a-token" });
    expect(storage.text).toContain("dt-1");
    const again = await openDevice(storage);
    await using _ = await GatewayClient.connectThrough(gateway.openTransport, { ...WITHOUT_SECRET, device: again });
    expect(authOf(gateway.peer)).toEqual({ token: "dt-1" });
    const text = `v3|${device.id}|test|test|operator|operator.read,operator.write|1795394412642|dt-1|nonce-1|linux|`;
    expect(isSigned(device, text, proofOf(gateway.peer))).toBe(true);
  });

  it("F24 shows its token when the secret it was given is wrong, and says so when that is wrong too", async () => {
    const shown: unknown[] = [];
    let isTokenRight = true;
    const gateway = new FakeGateway({
      connect: (peer) => {
        shown.push(authOf(peer));
        const { token } = authOf(peer) as { token: string };
        if (token === "dt-1" && isTokenRight) peer.hello();
        else refuse(peer, MISMATCH);
      },
    });
    const device = await openDevice(memory());
    await device.keepToken(OPTIONS.url, "operator", "dt-1");
    await (await GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, device })).close();
    expect(shown).toEqual([{ token: "a-token" }, { token: "dt-1" }]);
    isTokenRight = false;
    expect(await failure(GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, device }))).toMatchObject({
      code: "INVALID_REQUEST",
      message: MISMATCH.message,
    });
    expect(shown).toHaveLength(4);
    // A token that is known to be wrong is not shown again.
    expect(device.token(OPTIONS.url, "operator")).toBeUndefined();
  });

  it("keeps its token where more scopes are asked for than it carries", async () => {
    const details = { code: "AUTH_SCOPE_MISMATCH", recommendedNextStep: "review_auth_configuration" };
    const gateway = new FakeGateway({
      connect: (peer) => refuse(peer, { message: "unauthorized: device token scope mismatch", details }),
    });
    const device = await openDevice(memory());
    await device.keepToken(OPTIONS.url, "operator", "dt-1");
    const refusal = await failure(GatewayClient.connectThrough(gateway.openTransport, { ...WITHOUT_SECRET, device }));
    expect(refusal).toMatchObject({ details });
    expect(gateway.attempts).toBe(1);
    expect(device.token(OPTIONS.url, "operator")).toBe("dt-1");
  });

  it("does not try again where it has to be approved", async () => {
    const gateway = new FakeGateway({
      connect: (peer) => refuse(peer, { code: "NOT_PAIRED", message: "pairing required", details: { requestId: "r" } }),
    });
    const device = await openDevice(memory());
    await device.keepToken(OPTIONS.url, "operator", "dt-1");
    const refusal = await failure(GatewayClient.connectThrough(gateway.openTransport, { ...OPTIONS, device }));
    expect(refusal).toMatchObject({ code: "NOT_PAIRED", details: { requestId: "r" } });
    expect(gateway.attempts).toBe(1);
  });
});

import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";

import { Device } from "../support/device.ts";
import { connectParams } from "../support/plane.ts";
import { type AnyFrame, RawClient } from "../support/raw-client.ts";
import { startGateway } from "../support/running-gateway.ts";

const SECRET = "the-secret-of-the-gateway";
const config = { gateway: { mode: "local" as const, auth: { token: SECRET } }, channels: { memory: {} } };

async function connect(url: string, device: Device, token: string): Promise<AnyFrame> {
  await using client = await RawClient.open(url);
  const scopes = ["operator.read"];
  const signed = { scopes, token, nonce: client.nonce, signedAt: Date.now() };
  return await client.request("connect", connectParams({ scopes, auth: { token }, device: device.proof(signed) }));
}

function tokenOf(hello: AnyFrame): unknown {
  const auth = hello.payload?.["auth"] as { readonly deviceToken?: string } | undefined;
  return auth?.deviceToken;
}

it("a device and its token outlive the gateway's process, as long as the key of tokens does", async () => {
  await using directory = await createTempDirectory();
  const keyFile = join(directory.path, "device-tokens.key");
  const device = new Device();
  let token = "";
  {
    await using gateway = await startGateway(directory.path, { config });
    token = String(tokenOf(await connect(gateway.url, device, SECRET)));
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  }
  {
    await using gateway = await startGateway(directory.path, { config });
    expect(tokenOf(await connect(gateway.url, device, token))).toBe(token);
  }
  await rm(keyFile);
  {
    await using gateway = await startGateway(directory.path, { config });
    expect((await connect(gateway.url, device, token)).error?.message).toMatch(/token mismatch/);
    const next = tokenOf(await connect(gateway.url, device, SECRET));
    expect(next).toMatch(/^[\w-]{43}$/);
    expect(next).not.toBe(token);
  }
});

it("a damaged key of tokens stops devices alone, and the log says what to do", async () => {
  await using directory = await createTempDirectory();
  await writeFile(join(directory.path, "device-tokens.key"), "half a ke");
  await using gateway = await startGateway(directory.path, { config });
  await using plain = await gateway.connect();
  expect((await plain.request("health")).ok).toBe(true);
  const { error } = await connect(gateway.url, new Device(), SECRET);
  expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: true });
  expect(error?.message).not.toContain(directory.path);
  const said = gateway.log.lines.find(({ message }) => message === "a device could not be looked up");
  expect(String(said?.fields?.["error"])).toMatch(
    /does not hold a key of 32 bytes\. Put its backup in place, or remove it/,
  );
});

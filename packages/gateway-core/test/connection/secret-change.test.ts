import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createMemoryChannel } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadConfigRuntime } from "../../src/config/runtime.ts";
import { Device } from "../support/device.ts";
import { connectParams } from "../support/plane.ts";
import { RawClient } from "../support/raw-client.ts";
import { startGateway } from "../support/running-gateway.ts";

const OLD = "the-old-token-of-the-gateway";
const NEW = "the-new-token-of-the-gateway";

let directory: TempDirectory;
let file: string;
beforeEach(async () => {
  directory = await createTempDirectory();
  await mkdir(join(directory.path, "state"));
  file = join(directory.path, "state", "openclaw.json");
});
afterEach(() => directory[Symbol.asyncDispose]());

interface Start {
  readonly environment?: Readonly<Record<string, string>>;
  readonly gateway?: Readonly<Record<string, unknown>>;
}

async function start({ environment = {}, gateway = {} }: Start = {}) {
  const config = { gateway: { mode: "local", auth: { token: OLD }, ...gateway }, channels: { memory: {} } };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const { plugin } = createMemoryChannel();
  const runtime = await loadConfigRuntime({
    environment: { OPENCLAW_STATE_DIR: join(directory.path, "state"), ...environment },
    homeDirectory: directory.path,
    workingDirectory: directory.path,
    channelSchemas: { [plugin.id]: plugin.configSchema },
  });
  return startGateway(directory.path, { config: runtime });
}

type Running = Awaited<ReturnType<typeof start>>;

async function attempt({ url }: Running, auth: Readonly<Record<string, string>>, device?: Device) {
  const client = await RawClient.open(url);
  const scopes = ["operator.admin"];
  const token = auth["token"] ?? "";
  const proof = device?.proof({ scopes, token, nonce: client.nonce, signedAt: Date.now() });
  const answer = await client.request("connect", connectParams({ auth, scopes, ...(proof ? { device: proof } : {}) }));
  return { client, answer };
}

async function write(client: RawClient, method: string, raw: object) {
  const { payload } = await client.request("config.get", {});
  return client.request(method, { raw: JSON.stringify(raw), baseHash: payload?.["hash"] });
}

describe("a new secret of the gateway, written over the wire", () => {
  it("counts at once: who came with the old one is sent away, and devices keep their tokens", async () => {
    await using gateway = await start();
    await using writer = await gateway.connect();
    await using bystander = await gateway.connect({ protocol: 3 });
    const device = new Device();
    const paired = await attempt(gateway, { token: OLD }, device);
    await using _ = paired.client;
    const issued = paired.answer.payload?.["auth"] as { readonly deviceToken: string };
    await using own = (await attempt(gateway, { token: issued.deviceToken }, device)).client;

    const answer = await write(writer, "config.patch", { gateway: { auth: { token: NEW } } });
    expect(answer).toMatchObject({
      ok: true,
      payload: { changedPaths: ["gateway.auth.token"], requiresRestart: false },
    });
    for (const client of [writer, bystander, paired.client])
      expect(await client.close()).toMatchObject({
        code: 1008,
        reason: expect.stringMatching(/credential was changed/u) as string,
      });
    expect((await own.request("health")).ok).toBe(true);
    expect(gateway.secret).toBe(NEW);

    for (const [auth, isRight] of [
      [{ token: OLD }, false],
      [{ token: NEW }, true],
    ] as const) {
      const again = await attempt(gateway, auth);
      await using __ = again.client;
      expect(again.answer.ok).toBe(isRight);
      if (!isRight) expect(again.answer.error?.message).toMatch(/^unauthorized: gateway token mismatch/u);
    }
    const withOwn = await attempt(gateway, { token: issued.deviceToken }, device);
    await using ___ = withOwn.client;
    expect(withOwn.answer.ok).toBe(true);
    expect(JSON.stringify(gateway.log.lines)).not.toMatch(new RegExp(`${OLD}|${NEW}`, "u"));
  });

  it("may be of another kind, and comes with config.set and config.apply too", async () => {
    await using gateway = await start();
    let client = await gateway.connect();
    const withAuth = (auth: object) => ({ gateway: { mode: "local", auth }, channels: { memory: {} } });
    await write(client, "config.set", withAuth({ mode: "password", password: NEW }));
    await client.close();
    expect((await attempt(gateway, { token: OLD })).answer.ok).toBe(false);
    const byPassword = await attempt(gateway, { password: NEW });
    client = byPassword.client;
    expect(byPassword.answer).toMatchObject({ ok: true, payload: { snapshot: { authMode: "password" } } });
    await write(client, "config.apply", withAuth({ token: OLD }));
    await client.close();
    const back = await attempt(gateway, { token: OLD });
    await using _ = back.client;
    expect(back.answer.ok).toBe(true);
  });

  it("is none when something else is written, or when the environment has the last word", async () => {
    await using gateway = await start({ environment: { OPENCLAW_GATEWAY_TOKEN: OLD } });
    await using client = await gateway.connect();
    expect((await write(client, "config.patch", { messages: { ackReaction: "y" } })).payload?.["requiresRestart"]).toBe(
      true,
    );
    expect((await write(client, "config.patch", { gateway: { auth: { token: NEW } } })).ok).toBe(true);
    expect((await client.request("health")).ok).toBe(true);
    expect(gateway.secret).toBe(OLD);
  });

  it("is refused, and not written, when others could guess it", async () => {
    // Loopback in a form that is not taken for it.
    const custom = { bind: "custom", customBindHost: "::ffff:127.0.0.1", tls: { enabled: false } };
    await using gateway = await start({ gateway: custom });
    await using client = await gateway.connect();
    const before = await readFile(file, "utf8");
    expect((await write(client, "config.patch", { gateway: { auth: { token: "short" } } })).error).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/has 5 characters.*at least 24/u) as string,
    });
    expect(await readFile(file, "utf8")).toBe(before);
    expect((await client.request("health")).ok).toBe(true);
  });
});

import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ManualClock } from "@openclaw/testkit/clock";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { tailscaleClaim, TailscaleDirectory } from "../../src/net/tailscale.ts";
import { connectParams, type OpenPlane, openPlane } from "../support/plane.ts";

const ANN = "100.101.102.103";
const SERVED = {
  "x-forwarded-for": ANN,
  "x-forwarded-proto": "https",
  "x-forwarded-host": "studio.tail1234.ts.net",
  "tailscale-user-login": "ann@example.org",
};

let directory: TempDirectory;
let command: string;
let open: OpenPlane;
beforeAll(async () => {
  directory = await createTempDirectory();
  command = await fakeTailscale(`case "$3" in
${ANN}) echo '{"UserProfile":{"LoginName":"Ann@example.org"}}';;
100.1.1.1) echo 'not json';;
100.1.1.2) echo '{"UserProfile":null}';;
100.1.1.3) exec sleep 60;;
*) echo 'peer not found' >&2; exit 1;;
esac`);
  open = await openPlane({ settings: { tailscale: { command } } });
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

/** A program that writes down what it is asked, and answers with a script. */
async function fakeTailscale(script: string): Promise<string> {
  const path = join(directory.path, `tailscale-${Math.floor(performance.now() * 1_000)}`);
  await writeFile(path, `#!/bin/sh\necho "$*" >> "$0.calls"\n${script}\n`);
  await chmod(path, 0o700);
  return path;
}

async function calls(path: string): Promise<string[]> {
  return (await readFile(`${path}.calls`, "utf8").catch(() => "")).trim().split("\n");
}

const WITHOUT_TOKEN = { auth: {} };

describe("who comes through Tailscale Serve", () => {
  it("is let in without a token when the tailscale of this machine says so too", async () => {
    await using client = await open.open({ headers: SERVED });
    expect(await client.request("connect", connectParams(WITHOUT_TOKEN))).toMatchObject({
      ok: true,
      payload: { auth: { method: "tailscale" } },
    });
    expect((await client.request("health")).ok).toBe(true);
    expect(await calls(command)).toContain(`whois --json ${ANN}`);
  });

  it("still gets nowhere with a wrong token, or from a foreign page", async () => {
    await using client = await open.open({ headers: SERVED });
    expect(await client.request("connect", connectParams({ auth: { token: "wrong" } }))).toMatchObject({ ok: false });
    await expect(open.open({ headers: { ...SERVED, origin: "https://evil.example" } })).rejects.toThrow(/403/u);
  });

  const lies: [string, Record<string, string>][] = [
    ["another person", { "tailscale-user-login": "bob@example.org" }],
    ["an address that Tailscale does not know", { "x-forwarded-for": "100.9.9.9" }],
    ["an address that is none", { "x-forwarded-for": "--json; rm -rf /" }],
    ["several addresses", { "x-forwarded-for": `1.2.3.4, ${ANN}` }],
    ["plain HTTP", { "x-forwarded-proto": "http" }],
    ["an answer that can not be read", { "x-forwarded-for": "100.1.1.1" }],
    ["an answer without a person", { "x-forwarded-for": "100.1.1.2" }],
  ];
  it.each(lies)("is turned away at the upgrade with %s", async (_what, headers) => {
    await expect(open.open({ headers: { ...SERVED, ...headers } })).rejects.toThrow(/403/u);
  });

  it("the name alone, on loopback, is worth nothing", async () => {
    await using client = await open.open({ headers: { "tailscale-user-login": "ann@example.org" } });
    expect(await client.request("connect", connectParams(WITHOUT_TOKEN))).toMatchObject({ ok: false });
    expect(tailscaleClaim("10.0.0.7", SERVED)).toBeUndefined();
    expect(tailscaleClaim("::ffff:127.0.0.1", SERVED)).toEqual({ address: ANN, login: "ann@example.org" });
  });

  it("is worth nothing while gateway.auth.allowTailscale is off", async () => {
    await using closed = await openPlane();
    await expect(closed.open({ headers: SERVED })).rejects.toThrow(/403/u);
    await using trusting = await openPlane({ settings: { trustedProxies: ["127.0.0.1"] } });
    await using client = await trusting.open({ headers: SERVED });
    expect(await client.request("connect", connectParams(WITHOUT_TOKEN))).toMatchObject({ ok: false });
  });
});

describe("asking Tailscale", () => {
  it("is done once for many in a row, and again after half a minute", async () => {
    const clock = new ManualClock();
    const path = await fakeTailscale(`echo '{"UserProfile":{"LoginName":"ann@example.org"}}'`);
    const tailnet = new TailscaleDirectory({ command: path }, clock);
    const claim = { address: ANN, login: "ann@example.org" };
    expect(await Promise.all([1, 2, 3].map(() => tailnet.confirms(claim)))).toEqual([true, true, true]);
    expect(await tailnet.confirms({ ...claim, login: "bob@example.org" })).toBe(false);
    expect(await calls(path)).toHaveLength(1);
    await clock.advance(30_001);
    expect(await tailnet.confirms(claim)).toBe(true);
    expect(await calls(path)).toHaveLength(2);
  });

  it("is bounded in time and number, and a program that is not there is an answer", async () => {
    const tailnet = new TailscaleDirectory({ command }, new ManualClock());
    const started = performance.now();
    const stuck = tailnet.confirms({ address: "100.1.1.3", login: "x" });
    const many = Array.from({ length: 40 }, (_, n) => tailnet.confirms({ address: `100.2.2.${n}`, login: "x" }));
    expect(await Promise.all(many)).toEqual(many.map(() => false));
    expect((await calls(command)).filter((line) => line.includes("100.2.2.")).length).toBeLessThan(8);
    expect(await stuck).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
    const missing = new TailscaleDirectory({ command: join(directory.path, "none") }, new ManualClock());
    expect(await missing.confirms({ address: ANN, login: "ann@example.org" })).toBe(false);
  });
});

import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";

import { exponentialBackoff, GatewayClient } from "@openclaw/client";
import { eventually } from "@openclaw/testkit/eventually";
import { startFakeModel } from "@openclaw/testkit/fake-model";
import { freePort } from "@openclaw/testkit/process";
import { beforeAll, describe, expect, it } from "vitest";

import { INSTALL_TIMEOUT_MS, TEST_TIMEOUT_MS, installation } from "./support/installation.ts";
import { LOCAL, Operator, TOKEN } from "./support/operator.ts";
import { RawConnection } from "./support/raw-connection.ts";

const hasLsof = lsofIsInstalled();

beforeAll(installation, INSTALL_TIMEOUT_MS);

describe("the gateway process", { timeout: TEST_TIMEOUT_MS }, () => {
  it("R1.2 R2.1 an invalid configuration is one clear line and a remedy, with the key, what it got and what it expects", async () => {
    await using operator = await Operator.create();
    const path = await operator.configure({ gateway: { mode: "local", port: "high", prot: 1 } });
    const ended = await operator.run(["gateway"]);
    expect(ended).toMatchObject({ code: 78, stdout: "" });
    const [cause = "", remedy, ...rest] = ended.stderr.trim().split("\n");
    expect(cause).toContain(path);
    expect(cause).toMatch(/gateway\.port: expected .*got "high"/u);
    expect(cause).toContain("gateway.prot");
    expect(remedy).toMatch(/^fix: /u);
    expect(rest).toEqual([]);
  });

  it("R1.2 refuses an open address without auth, in one line", async () => {
    await using operator = await Operator.create();
    await operator.configure({ gateway: { mode: "local" } });
    const open = await operator.run(["gateway", "--bind", "lan"]);
    expect(open).toMatchObject({ code: 78, stdout: "" });
    expect(open.stderr).toMatch(/refusing to bind .* without auth/u);
    expect(open.stderr.trim().split("\n")).toHaveLength(2);
  });

  it("R1.2 a file that is no JSON5 is one line at a first start", async () => {
    await using operator = await Operator.create();
    await operator.configure("{ gateway: ");
    const broken = await operator.run(["gateway"]);
    expect(broken).toMatchObject({ code: 78, stdout: "" });
    expect(broken.stderr.trim().split("\n")).toHaveLength(2);
  });

  it("R1.2 storage that can not be opened is one line, and worth another start", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await writeFile(
      operator.at(".openclaw", "gateway.sqlite"),
      "This is not a database, whatever its name says. ".repeat(4),
    );
    const ended = await operator.run(["gateway"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("gateway.sqlite");
    expect(ended.stderr.trim().split("\n")).toHaveLength(2);
  });

  it("F27 after a good start a broken file does not keep it down: it runs on the last good one and says so", async () => {
    await using operator = await Operator.create();
    const path = await operator.configure(LOCAL);
    {
      await using _first = await operator.gateway();
    }
    await operator.configure("{ gateway: ");
    await using gateway = await operator.gateway();
    expect(gateway.stdout).toContain(path);
    const health = await operator.run(["health", "--json", "--token", TOKEN]);
    expect(health.code).toBe(1);
    expect(JSON.parse(health.stdout)).toMatchObject({ ok: false, problems: [{ component: "config" }] });
    expect((await operator.run(["status"])).stdout).toContain(path);
  });

  it("R1.9 refuses to start unless gateway.mode is local, unless told to", async () => {
    await using operator = await Operator.create();
    const missing = await operator.run(["gateway"]);
    expect(missing).toMatchObject({ code: 78, stdout: "" });
    expect(missing.stderr).toContain("Gateway start blocked: set gateway.mode=local");
    await operator.configure({ gateway: { mode: "remote", remote: { url: "ws://127.0.0.1:1" } } });
    expect((await operator.run(["gateway"])).stderr).toContain("it is remote");
    await operator.configure({ gateway: { auth: LOCAL.gateway.auth } });
    await using gateway = await operator.gateway(["gateway", "--allow-unconfigured"]);
    expect(gateway.running).toBe(true);
  });

  it("R1.3 SIGTERM tells every client, closes them with 1012 and exits 0", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await using gateway = await operator.gateway();
    using first = await RawConnection.open(operator.port);
    using second = await RawConnection.open(operator.port);
    gateway.kill("SIGTERM");
    for (const client of [first, second]) {
      expect(await client.closed).toEqual({ code: 1012, reason: "service restart" });
      expect(client.events("shutdown")).toEqual([expect.objectContaining({ reason: "gateway stopping" })]);
    }
    expect(await gateway.waitForExit()).toMatchObject({ code: 0, stderr: "" });
  });

  it("R5.12 the shipped client hears of the stop and is back by itself after the next start", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    const first = await operator.gateway();
    await using client = await GatewayClient.connect({
      url: `ws://127.0.0.1:${operator.port}`,
      token: TOKEN,
      client: { id: "gateway-client", mode: "backend", version: "1.0.0", platform: "test" },
      reconnect: exponentialBackoff({ maximumMs: 200 }),
    });
    const { bootId } = client.hello.server;
    const shutdown = Promise.withResolvers<string>();
    using _listening = client.on("shutdown", ({ reason }) => shutdown.resolve(reason));
    first.kill("SIGTERM");
    expect(await shutdown.promise).toBe("gateway stopping");
    await first.waitForExit();
    await using _second = await operator.gateway();
    await eventually("the client is back", () => client.state === "open");
    expect(client.hello.server.bootId).not.toBe(bootId);
    expect(await client.request("health", {})).toMatchObject({ ok: true });
  });

  it("R1.3 SIGINT stops it as well", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await using gateway = await operator.gateway();
    gateway.kill("SIGINT");
    expect(await gateway.waitForExit()).toMatchObject({ code: 0, stderr: "" });
  });

  it("R1.3 a second signal forces the exit while the first still waits for a turn", async () => {
    await using operator = await Operator.create();
    await using model = await startFakeModel();
    await operator.configure({ ...LOCAL, ...fakeModel(model.baseUrls.openai) });
    await using gateway = await operator.gateway();
    await using _asking = operator.start(["agent", "-m", "hang: for ever"]);
    await model.request(1);
    gateway.kill("SIGTERM");
    await gateway.waitForOutput(/stopping/u);
    expect(gateway.running).toBe(true);
    gateway.kill("SIGTERM");
    expect(await gateway.waitForExit(5000)).toMatchObject({ code: 143 });
  });

  it("R1.4 --port comes before OPENCLAW_GATEWAY_PORT, that before gateway.port", async () => {
    await using operator = await Operator.create();
    const configured = await freePort();
    await operator.configure({ gateway: { ...LOCAL.gateway, port: configured } });
    const flag = await freePort();
    {
      await using gateway = await operator.gateway(["gateway", "--port", String(flag)]);
      await gateway.waitForOutput(new RegExp(`ws://127\\.0\\.0\\.1:${flag}\\b`, "u"));
    }
    {
      await using gateway = await operator.gateway(["gateway"]);
      await gateway.waitForOutput(new RegExp(`ws://127\\.0\\.0\\.1:${operator.port}\\b`, "u"));
    }
    await using gateway = await operator.gateway(["gateway"], { OPENCLAW_GATEWAY_PORT: "" });
    await gateway.waitForOutput(new RegExp(`ws://127\\.0\\.0\\.1:${configured}\\b`, "u"));
    expect(await operator.run(["health"], { OPENCLAW_GATEWAY_PORT: "" })).toMatchObject({ code: 0 });
  });

  it("R1.8 F22 a second gateway on the same port fails at once, names the address, and leaves the first alone", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await using _first = await operator.gateway();
    const started = performance.now();
    const second = await operator.run(["gateway"]);
    expect(performance.now() - started).toBeLessThan(8000);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`127.0.0.1:${operator.port}`);
    expect(second.stderr.trim().split("\n")).toHaveLength(2);
    expect(await operator.run(["health"])).toMatchObject({ code: 0 });
  });

  it("R1.8 a killed gateway leaves no lock behind", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await using first = await operator.gateway();
    first.kill("SIGKILL");
    await first.waitForExit();
    await using second = await operator.gateway();
    expect(second.running).toBe(true);
  });

  it.runIf(hasLsof)("R1.6 --force ends the gateway that holds the port and takes its place", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await using first = await operator.gateway();
    await using second = await operator.gateway(["gateway", "--force"]);
    expect(await first.waitForExit()).toMatchObject({ code: 0 });
    expect(second.stdout).toContain(`ended pid ${first.pid}`);
    expect(await operator.run(["health"])).toMatchObject({ code: 0 });
  });

  it("R1.2 R1.8 a port held by another program is named too", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    const other = createServer().listen(operator.port, "127.0.0.1");
    await once(other, "listening");
    const ended = await operator.run(["gateway"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`127.0.0.1:${operator.port}`);
    other.close();
  });

  it("R1.5 --verbose shows requests in the terminal; without it they are in the log file only", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    {
      await using quiet = await operator.gateway();
      await operator.run(["health"]);
      expect(quiet.stdout).not.toMatch(/method=health/u);
      expect((await operator.run(["logs"])).stdout).toMatch(/method=health/u);
    }
    await using verbose = await operator.gateway(["gateway", "--verbose"]);
    await operator.run(["health"]);
    await verbose.waitForOutput(/method=health/u);
    verbose.kill("SIGTERM");
    await verbose.waitForExit();
    await using compact = await operator.gateway(["gateway", "--compact"]);
    await operator.run(["health"]);
    await compact.waitForOutput(/ health [\d.]+ ms/u);
    expect(compact.stdout).not.toMatch(/debug/u);
  });

  it("R8.3 F18 a question that was asked when the gateway was killed is answered by the next one", async () => {
    await using operator = await Operator.create();
    await using model = await startFakeModel();
    model.enqueue({ kind: "silence" });
    await operator.configure({ ...LOCAL, ...fakeModel(model.baseUrls.openai) });
    const first = await operator.gateway();
    await using asking = operator.start(["agent", "-m", "say: survived"]);
    await model.request(1);
    first.kill("SIGKILL");
    await first.waitForExit();
    await using _second = await operator.gateway();
    expect(await asking.waitForExit()).toMatchObject({ code: 0, stdout: "survived\n", stderr: "" });
    expect(model.requests).toHaveLength(2);
  });

  it("R4.5 two gateways run side by side and share nothing", async () => {
    await using operator = await Operator.create();
    const ports = { one: await freePort(), two: await freePort() };
    for (const [profile, port] of Object.entries(ports)) {
      await operator.run(["--profile", profile, "setup", "--port", String(port)]);
    }
    const environment = { OPENCLAW_GATEWAY_PORT: "" };
    await using first = await operator.gateway(["--profile", "one", "gateway"], environment);
    await using second = await operator.gateway(["--profile", "two", "gateway"], environment);
    const one = await operator.run(["--profile", "one", "agent", "-m", "hi"], environment);
    expect(one).toMatchObject({ code: 0 });
    const sessions = async (profile: string): Promise<string> =>
      (await operator.run(["--profile", profile, "gateway", "call", "sessions.list"], environment)).stdout;
    expect(await sessions("one")).toContain("agent:main:main");
    expect(await sessions("two")).not.toContain("agent:main:main");
    // The token of one does not open the other.
    const crossed = await operator.run(
      ["--profile", "one", "health", "--url", `ws://127.0.0.1:${ports.two}`],
      environment,
    );
    expect(crossed.code).toBe(4);
    first.kill("SIGTERM");
    await first.waitForExit();
    expect(second.running).toBe(true);
    expect(await operator.run(["--profile", "two", "health"], environment)).toMatchObject({ code: 0 });
  });
});

/** Without it there is nothing that --force could do; the unit tests prove what it says then. */
function lsofIsInstalled(): boolean {
  return spawnSync("lsof", ["-v"]).error === undefined;
}

function fakeModel(baseUrl: string) {
  return {
    agents: { defaults: { model: "fake/test" } },
    models: { providers: { fake: { baseUrl, apiKey: "k", api: "openai-completions", models: [{ id: "test" }] } } },
  };
}

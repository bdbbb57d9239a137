import { readFile, stat } from "node:fs/promises";

import { beforeAll, describe, expect, it } from "vitest";

import { INSTALL_TIMEOUT_MS, TEST_TIMEOUT_MS, installation } from "./support/installation.ts";
import { LOCAL, Operator } from "./support/operator.ts";

beforeAll(installation, INSTALL_TIMEOUT_MS);

describe("the installed command", { timeout: TEST_TIMEOUT_MS }, () => {
  it("R9.2 prints its version and help, and leaves nothing behind", async () => {
    await using operator = await Operator.create();
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(await operator.run(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
    const help = await operator.run(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("openclaw --dev start");
    await expect(stat(operator.at(".openclaw"))).rejects.toThrow();
  });

  it("prints its version without loading anything but its entry", async () => {
    await using operator = await Operator.create();
    const traced = await operator.run(["--version"], { NODE_DEBUG: "esm,module" });
    expect(traced.stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
    expect(traced.stderr).not.toMatch(/main\.js|chunk-/u);
  });

  it("R4.4 works on a bare machine: setup, gateway, status, health, in this order", async () => {
    await using operator = await Operator.create();
    const setup = await operator.run(["--dev", "setup"]);
    expect(setup).toMatchObject({ code: 0, stderr: "" });
    expect(setup.stdout).toContain(operator.at(".openclaw-dev", "openclaw.json"));
    expect((await stat(operator.at(".openclaw-dev", "openclaw.json"))).mode & 0o777).toBe(0o600);
    await using gateway = await operator.gateway(["--dev", "gateway", "--allow-unconfigured"]);
    const status = await operator.run(["--dev", "status"]);
    expect(status).toMatchObject({ code: 0, stderr: "" });
    expect(status.stdout).toMatch(/reachable in \d+ ms/u);
    const health = await operator.run(["--dev", "health"]);
    expect(health).toMatchObject({ code: 0, stderr: "" });
    expect(health.stdout).toMatch(/^health\s+ok/u);
    gateway.kill("SIGTERM");
    expect(await gateway.waitForExit()).toMatchObject({ code: 0, stderr: "" });
  });

  it("R4.4 a gateway that nobody set up still lets the commands in", async () => {
    await using operator = await Operator.create();
    await using _gateway = await operator.gateway(["--dev", "gateway", "--allow-unconfigured"]);
    expect(await operator.run(["--dev", "health"])).toMatchObject({ code: 0 });
  });

  it("`start` sets up, runs and says what to try; `agent` then answers without key or account", async () => {
    await using operator = await Operator.create();
    await using gateway = await operator.gateway(["--dev", "start"]);
    await gateway.waitForOutput(/openclaw --dev agent --message "hi"/u);
    const answer = await operator.run(["--dev", "agent", "--message", "are you there?"]);
    expect(answer).toMatchObject({ code: 0, stderr: "" });
    expect(answer.stdout).toContain("are you there?");
  });

  it("R8.1 R8.3 R8.4 the helpers answer from a running gateway, the same in every form", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await using _gateway = await operator.gateway();
    expect(await operator.json(["health"])).toMatchObject({ ok: true, channels: {} });
    expect(await operator.json(["gateway", "health"])).toMatchObject({ ok: true });
    expect(await operator.json(["gateway", "status"])).toMatchObject({ rpc: { ok: true } });
    expect(await operator.json(["status", "--all"])).toMatchObject({
      gateway: { reachable: true },
      presence: [{ mode: "gateway" }],
    });
    expect(await operator.json(["channels", "status"])).toMatchObject({ channelOrder: [] });
    expect(await operator.json(["pairing", "list"])).toEqual({ requests: [] });
    expect(await operator.json(["gateway", "call", "agents.list"])).toMatchObject({ defaultId: "main" });
    expect(await operator.json(["agent", "-m", "hi"])).toMatchObject({
      status: "ok",
      result: { meta: { agentMeta: { provider: "offline", model: "echo" } } },
    });
    const logs = await operator.run(["logs", "--json"]);
    expect(logs.stdout.split("\n")[0]).toContain(`"type":"meta"`);
    expect(logs.stdout).toContain("running as PID");
  });

  it("R8.2 message send without a channel says that one is needed", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await using _gateway = await operator.gateway();
    const sent = await operator.run(["message", "send", "--target", "1", "--message", "hi"]);
    expect(sent).toMatchObject({ code: 1, stdout: "" });
    expect(sent.stderr).toMatch(/channel is required.*\nfix: .*--channel/u);
  });

  it("R3.9 R8.5 with the gateway down every helper fails fast with exit code 3", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    for (const words of [
      ["health"],
      ["agent", "-m", "hi"],
      ["message", "send", "--channel", "telegram", "-t", "1", "-m", "hi"],
      ["gateway", "call", "health"],
    ]) {
      const started = performance.now();
      expect(await operator.run(words), words.join(" ")).toMatchObject({ code: 3, stdout: "" });
      expect(performance.now() - started).toBeLessThan(8000);
    }
  });

  it("F24 a wrong token is refused with its source and the command that mends it", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await using _gateway = await operator.gateway();
    const refused = await operator.run(["health"], { OPENCLAW_GATEWAY_TOKEN: "wrong" });
    expect(refused).toMatchObject({ code: 4, stdout: "" });
    expect(refused.stderr).toContain("refused the token from OPENCLAW_GATEWAY_TOKEN");
    expect(refused.stderr).toContain("unset OPENCLAW_GATEWAY_TOKEN");
  });
});

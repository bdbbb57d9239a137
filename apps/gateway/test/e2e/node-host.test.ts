import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

import { eventually } from "@openclaw/testkit/eventually";
import type { TestProcess } from "@openclaw/testkit/process";
import { beforeAll, describe, expect, it } from "vitest";

import { INSTALL_TIMEOUT_MS, TEST_TIMEOUT_MS, installation } from "./support/installation.ts";
import { LOCAL, Operator, TOKEN } from "./support/operator.ts";

beforeAll(installation, INSTALL_TIMEOUT_MS);

interface Rows {
  readonly approvals: readonly { readonly id: string; readonly request: { readonly command: string } }[];
}

describe("openclaw node run", { timeout: TEST_TIMEOUT_MS }, () => {
  it("R6.8 R6.9 runs what an operator allows, and ends with its gateway's wish and its own", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    const stateDirectory = operator.at("node");
    const node = (): TestProcess =>
      operator.start(["node", "run", "--port", String(operator.port), "--display-name", "build-box"], {
        OPENCLAW_STATE_DIR: stateDirectory,
        OPENCLAW_GATEWAY_TOKEN: TOKEN,
      });
    await using gateway = await operator.gateway();
    {
      await using first = node();
      await first.waitForOutput(/its offer waits for approval/u);
      expect(await operator.run(["nodes", "invoke", "--node", "build-box", "--command", "system.which"])).toMatchObject(
        {
          code: 1,
        },
      );
      const pending = (await operator.json(["nodes", "pending"])) as readonly { readonly requestId: string }[];
      expect(await operator.run(["nodes", "approve", pending[0]?.requestId ?? ""])).toMatchObject({ code: 0 });
      await first.waitForOutput(/was approved/u);

      const which = ["nodes", "invoke", "--node", "build-box", "--command", "system.which"];
      expect(await operator.json([...which, "--params", '{"bins":["echo","nope","/bin/sh"]}'])).toMatchObject({
        payload: { bins: { echo: await realpath("/bin/echo") } },
      });

      await using asking = operator.start([
        "nodes",
        "run",
        "--node",
        "build-box",
        "--invoke-timeout",
        "60000",
        "--json",
        "--",
        "echo",
        "a b",
      ]);
      const waiting = await eventually(
        "the command to wait",
        async () => ((await operator.json(["approvals", "pending"])) as Rows).approvals[0],
        30_000,
      );
      expect(waiting.request.command).toBe("echo 'a b'");
      expect(await operator.run(["approvals", "resolve", waiting.id, "allow-always"])).toMatchObject({ code: 0 });
      const ran = await asking.waitForExit();
      expect(ran).toMatchObject({ code: 0 });
      expect(JSON.parse(ran.stdout)).toMatchObject({
        payload: { stdout: "a b\n", stderr: "", exitCode: 0, success: true },
      });
      expect(await operator.run(["nodes", "run", "--node", "build-box", "--", "echo", "again"])).toMatchObject({
        code: 0,
        stdout: "again\n",
      });
      expect(await operator.json(["approvals", "get", "--node", "build-box"])).toMatchObject({
        file: { agents: { main: { allowlist: [{ pattern: await realpath("/bin/echo") }] } } },
      });
      const denied = await operator.run([
        "nodes",
        "run",
        "--node",
        "build-box",
        "--invoke-timeout",
        "1500",
        "--",
        "id",
      ]);
      expect(denied.code).not.toBe(0);
      expect(denied.stderr).toContain("SYSTEM_RUN_DENIED");

      await operator.run(["approvals", "allowlist", "add", await realpath("/bin/sleep"), "--node", "build-box"]);
      const marker = "4321.25";
      await using sleeping = operator.start([
        "nodes",
        "run",
        "--node",
        "build-box",
        "--invoke-timeout",
        "600000",
        "--",
        "sleep",
        marker,
      ]);
      const child = await eventually("the program to run", () => processWith(marker), 30_000);
      gateway.kill("SIGKILL");
      await eventually("the program to be ended", async () => !(await isRunning(child)), 30_000);
      expect((await sleeping.waitForExit()).code).not.toBe(0);
      first.kill("SIGTERM");
      expect(await first.waitForExit()).toMatchObject({ code: 0, stderr: "" });
    }
    expect((await stat(join(stateDirectory, "node.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(stateDirectory, "exec-approvals.json"))).mode & 0o777).toBe(0o600);
    // Started before its gateway, it waits for it, and is still who it was.
    await using second = node();
    await second.waitForOutput(/waiting for the gateway/u);
    await using _again = await operator.gateway();
    await second.waitForOutput(/connected/u);
    expect(await operator.run(["nodes", "run", "--node", "build-box", "--", "echo", "back"])).toMatchObject({
      code: 0,
      stdout: "back\n",
    });
  });

  it("the agent's exec waits for an operator on the gateway's own machine as well", async () => {
    await using operator = await Operator.create();
    await operator.configure({ ...LOCAL, tools: { exec: { enabled: true } } });
    await using _gateway = await operator.gateway();
    const message = `/tool exec ${JSON.stringify({ command: ["echo", "from the turn"] })}`;
    const decisions = ["deny", "allow-always"] as const;
    const answers: string[] = [];
    for (const decision of decisions) {
      await using turn = operator.start(["agent", "--message", message]);
      const waiting = await eventually(
        "the command to wait",
        async () => {
          if (!turn.running) throw new Error(`The turn is over: ${turn.stdout}${turn.stderr}`);
          return ((await operator.json(["approvals", "pending"])) as Rows).approvals[0];
        },
        30_000,
      );
      expect(waiting.request).toMatchObject({ command: "echo 'from the turn'", host: "gateway", agentId: "main" });
      await operator.run(["approvals", "resolve", waiting.id, decision]);
      answers.push((await turn.waitForExit()).stdout);
    }
    answers.push((await operator.run(["agent", "--message", message])).stdout);
    expect(answers).toEqual([
      expect.stringContaining("an operator refused it"),
      expect.stringContaining("from the turn\n[exit code 0]"),
      expect.stringContaining("from the turn\n[exit code 0]"),
    ]);
    expect(await operator.json(["approvals", "get"])).toMatchObject({
      path: operator.at(".openclaw", "exec-approvals.json"),
      file: { agents: { main: { allowlist: [{ pattern: await realpath("/bin/echo") }] } } },
    });
  });

  it("is refused with another token, and says so", async () => {
    await using operator = await Operator.create();
    await operator.configure(LOCAL);
    await using _gateway = await operator.gateway();
    const refused = await operator.run(["node", "run", "--port", String(operator.port)], {
      OPENCLAW_STATE_DIR: operator.at("node"),
      OPENCLAW_GATEWAY_TOKEN: "another-token-than-the-gateways",
    });
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining("OPENCLAW_GATEWAY_TOKEN") as string });
  });
});

async function processWith(argument: string): Promise<number | undefined> {
  for (const name of await readdir("/proc")) {
    const words = /^\d+$/u.test(name) ? await commandLine(Number(name)) : [];
    if (words[0] === "sleep" && words[1] === argument) return Number(name);
  }
  return undefined;
}

async function isRunning(pid: number): Promise<boolean> {
  return (await commandLine(pid)).length > 0;
}

async function commandLine(pid: number): Promise<readonly string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").filter((word) => word !== "");
  } catch {
    return [];
  }
}

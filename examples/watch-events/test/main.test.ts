import { fileURLToPath } from "node:url";

import { type Agent, createGateway, type Gateway } from "@openclaw/gateway-core";
import { runProcess, TestProcess } from "@openclaw/testkit/process";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";

const token = "a-token-of-the-watch-events-test";

const echo: Agent = {
  async *runTurn({ prompt }) {
    const usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
    yield { type: "text", delta: prompt };
    const message = { role: "assistant" as const, content: [{ type: "text" as const, text: prompt }], timestamp: 1 };
    yield { type: "finish", reason: "stop", usage, messages: [message] };
  },
  listModels: () => Promise.resolve([]),
  defaultModel: () => "test/echo",
};

async function startGateway(stateDir: string, port: number): Promise<Gateway> {
  const gateway = await createGateway({ stateDir, listen: { port, token }, agent: echo });
  await gateway.start();
  return gateway;
}

function commandLine(url: string, environment: Record<string, string> = {}) {
  return {
    command: process.execPath,
    arguments: ["--conditions=@openclaw/source", fileURLToPath(new URL("../src/main.ts", import.meta.url)), url],
    environment: { PATH: process.env["PATH"], ...environment },
  };
}

it("R5.12 prints events, and goes on when the gateway is back", async () => {
  await using directory = await createTempDirectory("watch-events");
  const gateway = await startGateway(directory.path, 0);
  const { url, port } = gateway;
  await using watching = TestProcess.start(commandLine(url, { OPENCLAW_GATEWAY_TOKEN: token }));
  await watching.waitForOutput(/connected to ws:\/\/127\.0\.0\.1:\d+, protocol 4/);

  await gateway.call("agent", { message: "before the restart", idempotencyKey: "1" });
  await watching.waitForOutput(/agent:main:main: final before the restart/);
  await gateway.stop({ notice: { reason: "gateway restarting", restartExpectedMs: 200 } });
  await watching.waitForOutput(/gateway is going down: gateway restarting/);

  await using again = await startGateway(directory.path, port);
  await watching.waitForOutput(/events may be missing \(reconnected\)/);
  await again.call("agent", { message: "after the restart", idempotencyKey: "2" });
  await watching.waitForOutput(/agent:main:main: final after the restart/);

  watching.kill("SIGTERM");
  expect(await watching.waitForExit()).toMatchObject({ code: 0, stderr: "" });
});

it("says what is wrong and fails when the token is", async () => {
  await using directory = await createTempDirectory("watch-events");
  await using gateway = await startGateway(directory.path, 0);
  const { code, stderr } = await runProcess(commandLine(gateway.url, { OPENCLAW_GATEWAY_TOKEN: "wrong" }));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^INVALID_REQUEST: unauthorized: .*token/);
});

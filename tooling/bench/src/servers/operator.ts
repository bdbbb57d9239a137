import { mkdir, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createTempHome, freePort, TestProcess } from "@openclaw/testkit/process";

/** The built program, as an operator runs it. */
export const OPENCLAW = fileURLToPath(new URL("../../../../apps/gateway/dist/openclaw.js", import.meta.url));

export const TOKEN = "bench-token-bench-token-bench-token";
const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 2;

/** A person's machine on which nothing but the gateway runs. */
export interface OperatorHome extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  readonly url: string;
}

/** A home with a configuration: a local gateway on a free port, and whatever else is given. */
export async function createOperatorHome(config: Readonly<Record<string, unknown>> = {}): Promise<OperatorHome> {
  const home = await createTempHome();
  const port = await freePort();
  const directory = join(home.path, ".openclaw");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const gateway = { mode: "local", port, auth: { mode: "token", token: TOKEN } };
  // Everything as by default, but in this home.
  const logging = { file: join(directory, "openclaw-YYYY-MM-DD.log") };
  await writeFile(join(directory, "openclaw.json"), JSON.stringify({ gateway, logging, ...config }), { mode: 0o600 });
  return {
    environment: { ...home.environment, OPENCLAW_SKIP_CANVAS_HOST: "1" },
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

/** A gateway in the foreground, and how long it took from the start of its process to its first /healthz. */
export interface RunningGateway extends AsyncDisposable {
  readonly pid: number;
  readonly startedInMs: number;
}

export async function startOperatorGateway({ environment, url }: OperatorHome): Promise<RunningGateway> {
  const startedAt = performance.now();
  const running = TestProcess.start({ command: process.execPath, arguments: [OPENCLAW, "gateway"], environment });
  try {
    while (!(await isHealthy(url))) {
      if (!running.running) throw new Error(`The gateway ended:\n${running.stdout}\n${running.stderr}`);
      if (performance.now() - startedAt > READY_TIMEOUT_MS) throw new Error("The gateway did not come up.");
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const startedInMs = performance.now() - startedAt;
    return { pid: running.pid, startedInMs, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}

function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/healthz`, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("error", () => resolve(false));
  });
}

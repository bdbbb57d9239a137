import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { isRecord } from "../parameters.ts";
import type { FakeTelegramOptions } from "../server.ts";

const startDeadlineMs = 10_000;
const main = fileURLToPath(new URL("./main.ts", import.meta.url));

/** A fake Telegram in a process of its own, driven over HTTP. Dispose it to end the process. */
export class FakeTelegramProcess implements AsyncDisposable {
  readonly apiRoot: string;
  readonly token: string;
  readonly #control: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, greeting: { apiRoot: string; token: string; control: string }) {
    this.#child = child;
    this.apiRoot = greeting.apiRoot;
    this.token = greeting.token;
    this.#control = greeting.control;
  }

  static async start(options: Pick<FakeTelegramOptions, "token" | "port"> = {}): Promise<FakeTelegramProcess> {
    const child = spawn(process.execPath, ["--conditions=@openclaw/source", main, JSON.stringify(options)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      const lines = createInterface({ input: child.stdout });
      const [line] = (await once(lines, "line", { signal: AbortSignal.timeout(startDeadlineMs) })) as unknown[];
      return new FakeTelegramProcess(child, readGreeting(line));
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** Runs a command of `control/commands.ts`. Throws an Error with its reason when it fails. */
  async command(name: string, input: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const response = await fetch(`${this.#control}/${name}`, { method: "POST", body: JSON.stringify(input) });
    const body: unknown = await response.json();
    if (!isRecord(body) || body["ok"] !== true) {
      throw new Error(`Fake Telegram, command ${name}: ${isRecord(body) ? String(body["error"]) : "no answer"}`);
    }
    return body["result"];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), startDeadlineMs);
    await exited;
    clearTimeout(timer);
  }
}

function readGreeting(line: unknown): { apiRoot: string; token: string; control: string } {
  const greeting: unknown = typeof line === "string" ? JSON.parse(line) : undefined;
  if (isRecord(greeting)) {
    const { apiRoot, token, control } = greeting;
    if (typeof apiRoot === "string" && typeof token === "string" && typeof control === "string") {
      return { apiRoot, token, control };
    }
  }
  throw new Error(`The fake Telegram process said ${String(line)} instead of where it listens.`);
}

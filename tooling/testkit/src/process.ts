import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

import { createTempDirectory, type TempDirectory } from "./temp-directory.ts";

const WAIT_MS = 30_000;
/** How long a process may take to stop when a test is over, before it is killed. */
const STOP_MS = 10_000;

export interface StartOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory?: string;
}

/** How a process ended. */
export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real process of a test: its output is kept, and disposing it ends it. Signals go to this process only, by pid. */
export class TestProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #label: string;
  readonly #exited: Promise<void>;
  readonly #listeners = new Set<() => void>();
  #stdout = "";
  #stderr = "";

  private constructor(child: ChildProcess, label: string) {
    this.#child = child;
    this.#label = label;
    this.#exited = once(child, "close").then(() => this.#changed());
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#changed();
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      this.#changed();
    });
  }

  static start(options: StartOptions): TestProcess {
    const child = spawn(options.command, [...options.arguments], {
      env: { ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.workingDirectory === undefined ? {} : { cwd: options.workingDirectory }),
    });
    return new TestProcess(child, [options.command, ...options.arguments].join(" "));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`Could not start: ${this.#label}`);
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /** Waits for the output (stdout, then stderr) to match. Fails at once when the process ends without. */
  async waitForOutput(pattern: RegExp, deadlineMs = WAIT_MS): Promise<RegExpMatchArray> {
    const look = (): RegExpMatchArray | null => pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
    return this.#waitFor(`output like ${pattern}`, deadlineMs, look);
  }

  /** Waits for the end. */
  async waitForExit(deadlineMs = WAIT_MS): Promise<Exit> {
    if (this.running) await this.#waitFor("the end", deadlineMs, () => (this.running ? null : true));
    await this.#exited;
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.running) return;
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), STOP_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  async #waitFor<T>(what: string, deadlineMs: number, look: () => T | null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#listeners.delete(check);
        act();
      };
      const check = (): void => {
        const found = look();
        if (found !== null) settle(() => resolve(found));
        else if (!this.running) settle(() => reject(this.#missed(`${what}, but it ended`)));
      };
      const timer = setTimeout(() => settle(() => reject(this.#missed(`${what} within ${deadlineMs} ms`))), deadlineMs);
      this.#listeners.add(check);
      check();
    });
  }

  #missed(what: string): Error {
    const { exitCode, signalCode } = this.#child;
    const state = this.running ? "still running" : `exit code ${exitCode ?? "none"}, signal ${signalCode ?? "none"}`;
    return new Error(`Expected ${what}: ${this.#label} (${state})\nstdout:\n${this.#stdout}\nstderr:\n${this.#stderr}`);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Runs a program to its end. */
export async function runProcess(options: StartOptions, deadlineMs = WAIT_MS): Promise<Exit> {
  await using running = TestProcess.start(options);
  // Awaited here, as the process is ended when this function returns.
  return await running.waitForExit(deadlineMs);
}

/** A home directory of its own, with an environment in which nothing of the person's own counts. */
export interface TempHome extends TempDirectory {
  readonly environment: Readonly<Record<string, string>>;
}

export async function createTempHome(variables: Readonly<Record<string, string>> = {}): Promise<TempHome> {
  const directory = await createTempDirectory("openclaw-home");
  const environment = {
    PATH: process.env["PATH"] ?? "",
    HOME: directory.path,
    USERPROFILE: directory.path,
    TMPDIR: directory.path,
    LANG: "C.UTF-8",
    ...variables,
  };
  return { ...directory, environment };
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port could be found.");
  return address.port;
}

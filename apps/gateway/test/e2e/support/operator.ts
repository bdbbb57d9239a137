import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";

import { createTempHome, type Exit, freePort, runProcess, type TempHome, TestProcess } from "@openclaw/testkit/process";

import { installation } from "./installation.ts";

/** The line a gateway writes when all of it runs. */
const RUNNING = /running as PID \d+/u;

/** A person with an empty home directory, an installed openclaw, and a port of their own. */
export class Operator implements AsyncDisposable {
  readonly home: TempHome;
  readonly port: number;
  readonly #command: string;

  private constructor(home: TempHome, port: number, command: string) {
    this.home = home;
    this.port = port;
    this.#command = command;
  }

  static async create(): Promise<Operator> {
    const { command } = await installation();
    return new Operator(await createTempHome(), await freePort(), command);
  }

  get environment(): Readonly<Record<string, string>> {
    // The program runs on the Node that runs the tests.
    const path = [dirname(process.execPath), this.home.environment["PATH"]].join(delimiter);
    return { ...this.home.environment, PATH: path, OPENCLAW_GATEWAY_PORT: String(this.port) };
  }

  at(...parts: string[]): string {
    return join(this.home.path, ...parts);
  }

  /** Runs a command to its end. */
  run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Exit> {
    return runProcess(this.#start(words, environment));
  }

  /** Runs a command that must succeed, and reads the JSON document it prints. */
  async json(words: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run([...words, "--json"]);
    if (code !== 0) throw new Error(`openclaw ${words.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
    return JSON.parse(stdout) as unknown;
  }

  /** Starts a command and does not wait for its end. */
  start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): TestProcess {
    return TestProcess.start(this.#start(words, environment));
  }

  /** Starts a gateway and waits until all of it runs. */
  async gateway(
    words: readonly string[] = ["gateway"],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<TestProcess> {
    const running = this.start(words, environment);
    try {
      await running.waitForOutput(RUNNING);
      return running;
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Writes the configuration of the default profile. */
  async configure(config: unknown): Promise<string> {
    const path = this.at(".openclaw", "openclaw.json");
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, typeof config === "string" ? config : JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
  }

  #start(words: readonly string[], environment: Readonly<Record<string, string>>) {
    return {
      command: this.#command,
      arguments: words,
      environment: { ...this.environment, ...environment },
      workingDirectory: this.home.path,
    };
  }
}

/** The least a gateway needs to start. */
export const TOKEN = "a-token-for-the-end-to-end-tests";
export const LOCAL = { gateway: { mode: "local", auth: { token: TOKEN } } } as const;

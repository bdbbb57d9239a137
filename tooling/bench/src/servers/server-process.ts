import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import type { CommandReply, CommandRequest } from "./commands.ts";

const START_TIMEOUT_MS = 30_000;
const COMMAND_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;

/** A server under test, in a process of its own, so that its processor time is its own too. */
export class ServerProcess<Ready> implements AsyncDisposable {
  readonly ready: Ready;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  #lastId = 0;

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.ready = ready;
    child.on("message", (reply: CommandReply) => this.#reply(reply));
    child.once("exit", (code) => this.#exited(code));
  }

  /** Starts a file of this folder and waits until it says it is ready. */
  static async start<Ready>(file: string, settings: unknown = {}): Promise<ServerProcess<Ready>> {
    const child = fork(new URL(file, import.meta.url), [JSON.stringify(settings)], {
      execArgv: ["--conditions=@openclaw/source"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
    const exited = once(child, "exit").then(([code]) => {
      throw new Error(`${file} ended with ${String(code)} before it was ready.`);
    });
    const [message] = (await Promise.race([once(child, "message"), exited])) as [{ ready: Ready }];
    exited.catch(() => undefined);
    clearTimeout(timer);
    return new ServerProcess(child, message.ready);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Processor time used so far, in microseconds. */
  async processorTime(): Promise<number> {
    return (await this.command("cpu")) as number;
  }

  /** Runs a command of the server and answers its answer. */
  async command(command: string, argument: unknown = null): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const timer = setTimeout(
      () => this.#settle(id)?.reject(new Error(`${command} took too long.`)),
      COMMAND_TIMEOUT_MS,
    );
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#child.send({ id, command, argument } satisfies CommandRequest);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    this.#child.disconnect();
    await exited;
    clearTimeout(timer);
  }

  #reply(reply: CommandReply): void {
    if (!("id" in reply)) return;
    const waiting = this.#settle(reply.id);
    if ("error" in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.answer);
  }

  #exited(code: number | null): void {
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(new Error(`The server ended with ${code}.`));
  }

  #settle(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

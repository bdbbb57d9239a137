import { spawn } from "node:child_process";
import { basename } from "node:path";

import type { Clock } from "@openclaw/gateway-core/ports";

export interface ProgramRun {
  /** The resolved path. */
  readonly program: string;
  /** What the program is called by; some programs do different things under different names. */
  readonly name: string;
  readonly args: readonly string[];
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly output: string;
}

const MAX_HEAD_BYTES = 32_768;
const MAX_TAIL_BYTES = 32_768;
const KILL_AFTER_MS = 2_000;

/**
 * Runs a program without a shell and gathers what it writes, from its beginning and its end. It gets a process group of
 * its own, so that what it started ends with it: when the time is up, and when the signal aborts.
 */
export async function runProgram(run: ProgramRun, signal: AbortSignal): Promise<ProgramEnd> {
  signal.throwIfAborted();
  const { program, name, args, workdir: cwd, environment: env, clock } = run;
  const child = spawn(program, args, {
    argv0: basename(name),
    cwd,
    env,
    detached: true,
    shell: false,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const output = new BoundedOutput();
  child.stdout.on("data", (chunk: Buffer) => output.add(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.add(chunk));
  let timedOut = false;
  const end = (how: NodeJS.Signals): void => {
    if (child.pid !== undefined) killGroup(child.pid, how);
  };
  const stop = (): void => {
    end("SIGTERM");
    killing = clock.setTimeout(() => end("SIGKILL"), KILL_AFTER_MS);
  };
  let killing: Disposable | undefined;
  const timer = clock.setTimeout(() => {
    timedOut = true;
    stop();
  }, run.timeoutMs);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise<ProgramEnd>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode, killedBy) =>
        resolve({ exitCode, signal: killedBy, timedOut, output: output.text }),
      );
    });
  } finally {
    timer.cancel();
    killing?.[Symbol.dispose]();
    signal.removeEventListener("abort", stop);
    // Whatever it left running in its group ends with it.
    end("SIGKILL");
  }
}

function killGroup(pid: number, how: NodeJS.Signals): void {
  try {
    process.kill(-pid, how);
  } catch {
    // The group is gone already.
  }
}

/** The first and the last bytes of an output, however long it is. */
class BoundedOutput {
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #dropped = 0;

  add(chunk: Buffer): void {
    const room = MAX_HEAD_BYTES - this.#head.length;
    if (room > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)]);
    if (chunk.length <= room) return;
    const rest = Buffer.concat([this.#tail, chunk.subarray(Math.max(room, 0))]);
    this.#dropped += Math.max(0, rest.length - MAX_TAIL_BYTES);
    this.#tail = rest.subarray(-MAX_TAIL_BYTES);
  }

  get text(): string {
    const gap = this.#dropped === 0 ? "" : `\n[${this.#dropped} bytes left out]\n`;
    return `${this.#head.toString()}${gap}${this.#tail.toString()}`;
  }
}

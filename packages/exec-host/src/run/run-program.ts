import { spawn } from "node:child_process";
import { basename } from "node:path";

import { BoundedOutput } from "./bounded-output.ts";

/** What of a clock this needs. */
export interface RunClock {
  setTimeout(callback: () => void, delayMs: number): { cancel(): void };
}

export interface ProgramRun {
  /** The resolved path. */
  readonly program: string;
  /** What the program is called by; some programs do different things under different names. */
  readonly name: string;
  readonly args: readonly string[];
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Of what it writes, its beginning and its end together; of each stream where they are kept apart. */
  readonly maxOutputBytes: number;
  readonly clock: RunClock;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Both as they came, when `merged` was asked for. */
  readonly output: string;
}

const KILL_AFTER_MS = 2_000;

/**
 * Runs a program without a shell and gathers what it writes, from its beginning and its end. It gets a process group of
 * its own, so that what it started ends with it: when the time is up, and when the signal aborts. Rejects when it can
 * not be started.
 */
export async function runProgram(
  run: ProgramRun,
  signal: AbortSignal,
  streams: "merged" | "apart" = "merged",
): Promise<ProgramEnd> {
  signal.throwIfAborted();
  const { program, name, args, workdir: cwd, environment: env, clock, maxOutputBytes } = run;
  const child = spawn(program, args, {
    argv0: basename(name),
    cwd,
    env,
    detached: true,
    shell: false,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const outputs = { stdout: new BoundedOutput(maxOutputBytes), stderr: new BoundedOutput(maxOutputBytes) };
  const both = new BoundedOutput(maxOutputBytes);
  for (const stream of ["stdout", "stderr"] as const) {
    const target = streams === "merged" ? both : outputs[stream];
    child[stream].on("data", (chunk: Buffer) => target.add(chunk));
  }
  let timedOut = false;
  const end = (how: NodeJS.Signals): void => {
    if (child.pid !== undefined) killGroup(child.pid, how);
  };
  const stop = (): void => {
    end("SIGTERM");
    killing = clock.setTimeout(() => end("SIGKILL"), KILL_AFTER_MS);
  };
  let killing: { cancel(): void } | undefined;
  const timer = clock.setTimeout(() => {
    timedOut = true;
    stop();
  }, run.timeoutMs);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const { exitCode, killedBy } = await new Promise<{ exitCode: number | null; killedBy: string | null }>(
      (resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code, by) => resolve({ exitCode: code, killedBy: by }));
      },
    );
    const { stdout, stderr } = outputs;
    return { exitCode, signal: killedBy, timedOut, stdout: stdout.text, stderr: stderr.text, output: both.text };
  } finally {
    timer.cancel();
    killing?.cancel();
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

import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

import { CliError } from "@openclaw/cli";

const LSOF_TIMEOUT_MS = 10_000;
const FREE_TIMEOUT_MS = 10_000;
const POLL_MS = 100;

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

export interface FreePortOptions {
  readonly port: number;
  /** Processes that are never ended: this one and its parent. */
  readonly spare: readonly number[];
  /** Called for each process that was asked to end. */
  readonly onEnded: (holder: PortHolder) => void;
  readonly signal: AbortSignal;
}

/**
 * Ends whoever listens on a port with SIGTERM and waits until the port is free. Needs `lsof`; without it fails at
 * once and says so (contract row R1.6).
 */
export async function freePort({ port, spare, onEnded, signal }: FreePortOptions): Promise<void> {
  const holders = await findPortHolders(port);
  const spared = holders.find(({ pid }) => spare.includes(pid));
  if (spared !== undefined) {
    throw new CliError(
      "failure",
      `Port ${port} is held by this process or its parent (pid ${spared.pid}, ${spared.command}), which --force never ends.`,
      "Choose another port with --port.",
    );
  }
  for (const holder of holders) {
    end(holder);
    onEnded(holder);
  }
  const deadline = performance.now() + FREE_TIMEOUT_MS;
  let left = holders.length === 0 ? [] : await findPortHolders(port);
  while (left.length > 0) {
    if (performance.now() > deadline) throw stillHeld(port, left);
    await sleep(POLL_MS, undefined, { signal });
    left = await findPortHolders(port);
  }
}

/** Who listens on a port, as lsof sees it. */
export async function findPortHolders(port: number): Promise<readonly PortHolder[]> {
  const arguments_ = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"];
  const output = await new Promise<string>((resolve, reject) => {
    execFile("lsof", arguments_, { timeout: LSOF_TIMEOUT_MS }, (error, stdout) => {
      // lsof answers 1 when it found nothing, and may answer 1 with a list when it could not see everything.
      if (error === null || error.code === 1) resolve(stdout);
      else reject(lsofFailure(error));
    });
  });
  return parseHolders(output);
}

/** Reads lsof's field output: a line "p<pid>", then "c<command>", then one line per file. */
export function parseHolders(output: string): readonly PortHolder[] {
  const holders: PortHolder[] = [];
  let pid: number | undefined;
  for (const text of output.split("\n")) {
    if (text.startsWith("p")) pid = Number(text.slice(1));
    if (text.startsWith("c") && pid !== undefined && Number.isSafeInteger(pid))
      holders.push({ pid, command: text.slice(1) });
  }
  return holders;
}

function end({ pid, command }: PortHolder): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ESRCH") return;
    throw new CliError(
      "failure",
      `Could not end pid ${pid} (${command}): ${code === "EPERM" ? "it belongs to another user." : String(error)}`,
      "End it yourself, or choose another port with --port.",
      { cause: error },
    );
  }
}

function stillHeld(port: number, left: readonly PortHolder[]): CliError {
  const names = left.map(({ pid, command }) => `pid ${pid} (${command})`).join(", ");
  return new CliError(
    "failure",
    `Port ${port} is still held ${FREE_TIMEOUT_MS / 1000} s after SIGTERM, by ${names}.`,
    "End it yourself, or choose another port with --port.",
  );
}

function lsofFailure(error: Error & { readonly code?: unknown }): CliError {
  if (error.code === "ENOENT") {
    return new CliError(
      "failure",
      "--force needs the program lsof to find who holds the port, and it is not installed.",
      "Install lsof (for example: apt install lsof), or stop the other process yourself.",
      { cause: error },
    );
  }
  return new CliError("failure", `lsof failed: ${error.message}`, "Stop the other process yourself.", { cause: error });
}

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Resident memory of a process in MiB: from /proc where there is one, from ps elsewhere. */
export async function residentMemory(pid: number): Promise<number> {
  if (process.platform === "linux") {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return kibibytes(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }
  const { stdout } = await run("ps", ["-o", "rss=", "-p", String(pid)]);
  return kibibytes(stdout.trim()) / 1024;
}

function kibibytes(text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || !Number.isFinite(value)) throw new Error("The resident memory could not be read.");
  return value;
}

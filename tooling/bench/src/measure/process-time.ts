import { spawn } from "node:child_process";
import { once } from "node:events";

/** Nothing of the person's own environment but what a program needs to start. */
function cleanEnvironment(variables: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8", ...variables };
}

/** Milliseconds from the start of a program to its end. Throws with its output when it fails. */
export async function timeProcess(
  command: string,
  processArguments: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(command, processArguments, {
    env: { ...environment },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 30_000,
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const [code] = (await once(child, "exit")) as [number | null];
  const elapsed = performance.now() - startedAt;
  if (code !== 0) throw new Error(`${command} ${processArguments.join(" ")} ended with ${code}: ${errors.trim()}`);
  return elapsed;
}

/** The yardstick of everything that starts: a Node that does nothing. */
export function timeBareNode(): Promise<number> {
  return timeProcess(process.execPath, ["-e", "0"], cleanEnvironment());
}

import { CliError } from "../errors.ts";
import type { RunOutcome } from "../host.ts";
import type { Output } from "../output.ts";

/** Waits for a gateway to end. A failure is thrown with the exit code that tells a supervisor what to do (R1.2). */
export async function runToTheEnd(running: Promise<RunOutcome>): Promise<Output> {
  const outcome = await running;
  if (outcome.kind === "stopped") return { view: [] };
  throw new CliError(outcome.restartHelps ? "failure" : "misconfigured", outcome.message, outcome.remedy);
}

import { main } from "@openclaw/cli";

import { createHost } from "./host.ts";

/**
 * Runs one command line in this process and sets the exit code. SIGINT and SIGTERM ask it to stop; a second one ends
 * it on the spot (contract row R1.3).
 */
export async function run(argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    stop.abort(new Error(`stopped by ${signal}`));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  // A reader that went away (`openclaw logs | head`) is a reason to stop, not a failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    stop.abort(new Error("nobody reads the output"));
  });
  process.exitCode = await main(argv, createHost(stop.signal));
  process.off("SIGINT", onSignal);
  process.off("SIGTERM", onSignal);
}

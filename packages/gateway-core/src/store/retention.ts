import type { Clock, Logger } from "../ports.ts";

const INTERVAL_MS = 60 * 60 * 1000;
/** Between two batches other work gets its turn. */
const PAUSE_MS = 50;

/** Deletes one bounded batch of what is too old, and answers how much it was. */
export type Prune = () => Promise<number>;

/**
 * Keeps the database from growing for ever: at start and every hour, everything past its 30 days goes, in small
 * batches. Failing is no reason to stop; the next hour tries again.
 */
export function keepWithinRetention(prunes: readonly Prune[], clock: Clock, log: Logger): AsyncDisposable {
  const stop = new AbortController();
  let running = Promise.resolve();
  const sweep = async () => {
    for (const prune of prunes) {
      while (!stop.signal.aborted && (await prune()) > 0) await clock.sleep(PAUSE_MS, stop.signal);
    }
  };
  const run = () => {
    running = running.then(sweep).catch((error: unknown) => {
      if (!stop.signal.aborted) log.warn("old rows could not be deleted; it is tried again in an hour", { error });
    });
  };
  run();
  const timer = clock.setInterval(run, INTERVAL_MS);
  return {
    [Symbol.asyncDispose]: async () => {
      timer.cancel();
      stop.abort(new Error("The gateway is stopping."));
      await running;
    },
  };
}

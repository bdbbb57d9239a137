/** A signal that aborts with the first of others, for as long as one piece of work needs it. */
export interface JoinedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Joins signals for one piece of work; dispose it when the work is over. A signal of `AbortSignal.any` that somebody
 * listens to stays in memory as long as the longest-lived of its sources: with the signal of a whole gateway among
 * them, that is one for each message it ever handled.
 */
export function joinSignals(...sources: readonly AbortSignal[]): JoinedSignal {
  const controller = new AbortController();
  const leave: (() => void)[] = [];
  for (const source of sources) {
    const abort = (): void => controller.abort(source.reason);
    if (source.aborted) {
      abort();
      break;
    }
    source.addEventListener("abort", abort, { once: true });
    leave.push(() => source.removeEventListener("abort", abort));
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const stop of leave) stop();
    },
  };
}

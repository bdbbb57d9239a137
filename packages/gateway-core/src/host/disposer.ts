/**
 * Undoes what was set up, last first, whatever fails on the way: one failure stops none of the others. The part of
 * AsyncDisposableStack that a gateway needs, for the Node versions that lack it.
 */
export class Disposer implements AsyncDisposable {
  readonly #steps: (() => unknown)[] = [];

  /** Registers something to dispose of, and hands it on. */
  use<T extends Disposable | AsyncDisposable>(disposable: T): T {
    this.defer(() =>
      Symbol.asyncDispose in disposable ? disposable[Symbol.asyncDispose]() : disposable[Symbol.dispose](),
    );
    return disposable;
  }

  /** Registers a step. */
  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Runs the steps; throws an AggregateError of what failed once all have run. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "Some parts did not stop cleanly.");
  }
}

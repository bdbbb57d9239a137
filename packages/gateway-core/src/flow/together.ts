/** A step of a pass over things that arrived, and the names of what it may change. */
export interface Step {
  /** Steps that share no name may be taken side by side. */
  readonly touches: readonly string[];
  readonly take: () => Promise<void>;
}

/**
 * Takes steps in the order they are given, as far as anybody can tell: those that touch the same thing one after the
 * other, their neighbours that do not side by side, so that they share the store's commits.
 */
export class Together {
  readonly #touched = new Set<string>();
  #steps: Step[] = [];

  /** Takes a step with those before it, or after them. Throws what one of them threw. */
  async add(step: Step): Promise<void> {
    if (step.touches.some((name) => this.#touched.has(name))) await this.finish();
    for (const name of step.touches) this.#touched.add(name);
    this.#steps.push(step);
  }

  /** Resolves when all steps are done; throws what the first that failed threw, once none of them is under way. */
  async finish(): Promise<void> {
    const steps = this.#steps;
    this.#steps = [];
    this.#touched.clear();
    const outcomes = await Promise.allSettled(steps.map(({ take }) => take()));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  }
}

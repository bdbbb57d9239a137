import type { ResponseParameters } from "./errors.ts";

/** What goes wrong with one call, in place of a plain answer. */
export type Fault =
  /** A Bot API error answer; the call has no effect. */
  | {
      readonly kind: "error";
      readonly code: number;
      readonly description: string;
      readonly parameters?: ResponseParameters;
    }
  /** An answer that is not JSON, as a proxy in between gives it; the call has no effect. */
  | { readonly kind: "html"; readonly status: number; readonly body?: string }
  /** The connection is cut without an answer, before or after the call took effect. */
  | { readonly kind: "drop"; readonly when: "before" | "after" }
  /** No answer and no end of the connection, before or after the call took effect. */
  | { readonly kind: "hang"; readonly when?: "before" | "after" }
  /** The call waits, then goes on as usual. */
  | { readonly kind: "delay"; readonly ms: number };

interface PlannedFault {
  readonly method: string;
  readonly fault: Fault;
  readonly standing: boolean;
}

/**
 * Faults that wait for their call. Method names match in any case; "*" matches every method, and "download" is the
 * download of a file, which a drop cuts in the middle.
 */
export class FaultPlan {
  #planned: PlannedFault[] = [];

  /** One call each, in this order. */
  next(method: string, faults: readonly Fault[]): void {
    for (const fault of faults) this.#planned.push({ method: method.toLowerCase(), fault, standing: false });
  }

  /** Every call from now on, until disposed. */
  standing(method: string, fault: Fault): Disposable {
    const planned: PlannedFault = { method: method.toLowerCase(), fault, standing: true };
    this.#planned.push(planned);
    return { [Symbol.dispose]: () => void (this.#planned = this.#planned.filter((other) => other !== planned)) };
  }

  take(method: string): Fault | undefined {
    const wanted = method.toLowerCase();
    const planned = this.#planned.find((candidate) => candidate.method === "*" || candidate.method === wanted);
    if (planned !== undefined && !planned.standing) this.#planned = this.#planned.filter((other) => other !== planned);
    return planned?.fault;
  }

  clear(): void {
    this.#planned = [];
  }
}

import { AgentError, type AgentErrorReason, type Logger } from "@openclaw/gateway-core/ports";

import type { ModelReference } from "../models/reference.ts";
import { formatReference } from "../models/reference.ts";
import type { ModelProvider } from "../providers/provider.ts";

/** Failures that another model may not share. */
const WORTH_ANOTHER_MODEL: ReadonlySet<AgentErrorReason> = new Set<AgentErrorReason>([
  "authentication",
  "no-credentials",
  "rate-limit",
  "overloaded",
  "network",
]);

/** The models of one turn in the order to try them. Once one was left behind the turn does not come back to it. */
export class ModelSequence {
  readonly #remaining: ModelReference[];
  readonly #open: (reference: ModelReference) => Promise<ModelProvider>;
  readonly #log: Logger;
  readonly #failures: AgentError[] = [];
  #current: ModelProvider | undefined;

  constructor(
    references: readonly ModelReference[],
    open: (reference: ModelReference) => Promise<ModelProvider>,
    log: Logger,
  ) {
    this.#remaining = [...references];
    this.#open = open;
    this.#log = log;
  }

  /** The model to ask now. Throws AgentError when it can not be had. */
  async current(): Promise<ModelProvider> {
    const [reference] = this.#remaining;
    if (reference === undefined) throw new AgentError("internal", "There is no model to ask.");
    this.#current ??= await this.#open(reference);
    return this.#current;
  }

  /** Takes note that the current model failed. Returns when there is another to ask; throws the failure when not. */
  giveUp(failure: AgentError, isSpoken: boolean): void {
    const [failed, next] = this.#remaining;
    this.#failures.push(failure);
    if (isSpoken || next === undefined || !WORTH_ANOTHER_MODEL.has(failure.reason)) throw this.#verdict(failure);
    this.#log.warn("a model failed; asking the next one", {
      model: failed === undefined ? undefined : formatReference(failed),
      next: formatReference(next),
      reason: failure.reason,
      error: failure.message,
    });
    this.#remaining.shift();
    this.#current = undefined;
  }

  /** One failure speaks for itself. Several are told together; the turn may be tried again when one of them may. */
  #verdict(last: AgentError): AgentError {
    if (this.#failures.length === 1) return last;
    const main = this.#failures.find((failure) => failure.retryable) ?? last;
    const message = `All ${this.#failures.length} models failed. ${this.#failures.map((failure) => failure.message).join(" — ")}`;
    return new AgentError(main.reason, message, {
      ...(main.provider === undefined ? {} : { provider: main.provider }),
      ...(main.model === undefined ? {} : { model: main.model }),
      ...(main.retryAfterMs === undefined ? {} : { retryAfterMs: main.retryAfterMs }),
    });
  }
}

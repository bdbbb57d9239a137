import { AgentError, type AgentErrorReason, type Logger } from "@openclaw/gateway-core/ports";

import type { Cooldown, Cooldowns } from "../models/cooldowns.ts";
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

export interface ModelSequenceHost {
  readonly open: (reference: ModelReference) => Promise<ModelProvider>;
  readonly cooldowns: Cooldowns;
  /** How a model is reached, as cooldowns go by it. Never throws. */
  readonly accessOf: (reference: ModelReference) => string;
  readonly log: Logger;
}

/** The model that would have answered, and why it did not. */
export interface LeftModel {
  readonly provider: string;
  readonly model: string;
  readonly reason: AgentErrorReason;
}

interface Candidate {
  readonly reference: ModelReference;
  readonly cooldown: Cooldown | undefined;
}

/**
 * The models of one turn in the order to try them. Those that failed lately come last, whoever is ready again soonest
 * first: when there is no other, they are asked all the same. Once one was left behind the turn does not come back to it.
 */
export class ModelSequence {
  readonly #host: ModelSequenceHost;
  readonly #remaining: ModelReference[];
  readonly #failures: AgentError[] = [];
  #current: ModelProvider | undefined;
  #left: LeftModel | undefined;

  constructor(references: readonly ModelReference[], host: ModelSequenceHost) {
    this.#host = host;
    const candidates = references.map((reference) => ({
      reference,
      cooldown: host.cooldowns.of(formatReference(reference), host.accessOf(reference)),
    }));
    const ordered = candidates.toSorted((one, other) => readyAt(one) - readyAt(other));
    this.#remaining = ordered.map(({ reference }) => reference);
    const [wanted] = candidates;
    if (wanted?.cooldown !== undefined && ordered[0] !== wanted) {
      this.#left = { ...wanted.reference, reason: wanted.cooldown.reason };
    }
  }

  /** The first model of the sequence, when another stands for it now. */
  get left(): LeftModel | undefined {
    return this.#left;
  }

  /** The model to ask now. Throws AgentError when it can not be had. */
  async current(): Promise<ModelProvider> {
    const [reference] = this.#remaining;
    if (reference === undefined) throw new AgentError("internal", "There is no model to ask.");
    this.#current ??= await this.#host.open(reference);
    return this.#current;
  }

  /** Takes note that the current model answered. */
  succeeded(): void {
    const [reference] = this.#remaining;
    if (reference !== undefined) this.#host.cooldowns.succeeded(formatReference(reference));
  }

  /** Takes note that the current model failed. Returns when there is another to ask; throws the failure when not. */
  giveUp(failure: AgentError, isSpoken: boolean): void {
    const { cooldowns, accessOf, log } = this.#host;
    const [failed, next] = this.#remaining;
    this.#failures.push(failure);
    if (failed !== undefined) cooldowns.failed(formatReference(failed), accessOf(failed), failure);
    if (isSpoken || failed === undefined || next === undefined || !WORTH_ANOTHER_MODEL.has(failure.reason)) {
      throw this.#verdict(failure);
    }
    log.warn("a model failed; asking the next one", {
      model: formatReference(failed),
      next: formatReference(next),
      reason: failure.reason,
      error: failure.message,
    });
    this.#left ??= { ...failed, reason: failure.reason };
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

/** A stable sort leaves models that are ready in their order. */
function readyAt({ cooldown }: Candidate): number {
  return cooldown?.until ?? 0;
}

import type { ErrorShape } from "@openclaw/protocol";

import { type ReplyPrefix, withPrefix } from "./response-prefix.ts";
import type { StopReason, TurnOutcome } from "./run-turn.ts";
import type { TurnEvents } from "./turn-events.ts";

/** Tells clients how a turn ended. */
export function tellOutcome(events: TurnEvents, outcome: TurnOutcome): void {
  if (outcome.kind === "done") events.end(outcome.text, outcome.stopReason);
  else if (outcome.kind === "failed") events.error(outcome.message, outcome.reason);
  else if (outcome.stopReason === "timeout") events.error(errorOf(outcome).message, "timeout");
  else events.aborted(outcome.stopReason);
}

/** What the person in the chat is told, with the agent's prefix. A turn they stopped themselves needs no words. */
export function replyTextOf(outcome: TurnOutcome, prefix: ReplyPrefix = {}): string {
  if (outcome.kind !== "done") return withPrefix(troubleOf(outcome), prefix);
  return withPrefix(outcome.text, { ...prefix, provider: outcome.provider, model: outcome.model });
}

/** The message that a reply answers, when the model chose another than the one it was asked by. */
export function replyTargetOf(outcome: TurnOutcome): { replyTo?: string } {
  const target = outcome.kind === "done" ? outcome.reply.replyTo : undefined;
  return target === undefined || target === "current" ? {} : { replyTo: target.id };
}

function troubleOf(outcome: Exclude<TurnOutcome, { kind: "done" }>): string {
  if (outcome.kind === "failed") return `⚠️ ${outcome.message}`;
  return outcome.stopReason === "timeout" ? `⚠️ ${errorOf(outcome).message}` : "";
}

/** What a caller is told of a turn that did not end well. */
export function errorOf(outcome: Exclude<TurnOutcome, { kind: "done" }>): ErrorShape {
  if (outcome.kind === "failed") {
    return { code: "UNAVAILABLE", message: outcome.message, details: { reason: outcome.reason } };
  }
  const stopped: ErrorShape = {
    code: "UNAVAILABLE",
    message: "The turn was stopped on request.",
    details: { reason: "aborted" },
  };
  const shapes: Record<StopReason, ErrorShape> = {
    timeout: {
      code: "AGENT_TIMEOUT",
      message: "The agent did not finish within its time limit and was stopped.",
      retryable: true,
    },
    rpc: stopped,
    stop: stopped,
    shutdown: { code: "UNAVAILABLE", message: "The gateway stopped during this turn.", retryable: true },
  };
  return shapes[outcome.stopReason];
}

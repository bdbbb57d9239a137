import type { ErrorShape } from "@openclaw/protocol";

import type { StopReason, TurnOutcome } from "./run-turn.ts";
import type { TurnEvents } from "./turn-events.ts";

/** Tells clients how a turn ended. */
export function tellOutcome(events: TurnEvents, outcome: TurnOutcome): void {
  if (outcome.kind === "done") events.end(outcome.text, outcome.stopReason);
  else if (outcome.kind === "failed") events.error(outcome.message, outcome.reason);
  else if (outcome.stopReason === "timeout") events.error(errorOf(outcome).message, "timeout");
  else events.aborted(outcome.stopReason);
}

/** What the person in the chat is told. A turn they stopped themselves needs no words. */
export function replyTextOf(outcome: TurnOutcome): string {
  if (outcome.kind === "done") return outcome.text;
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

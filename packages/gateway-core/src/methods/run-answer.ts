import { GatewayError } from "../errors.ts";
import type { Turn } from "../sessions/turn.ts";

/** Throws what a caller of a turn must see when it did not end well. */
export function assertEndedWell(turn: Turn): asserts turn is Turn & { answer: NonNullable<Turn["answer"]> } {
  if (turn.answer) return;
  const error = turn.error ?? {
    code: "UNAVAILABLE" as const,
    message: "The gateway stopped before the turn had ended; it goes on after the restart.",
  };
  throw new GatewayError(error.code, error.message, { details: error.details, retryable: error.retryable ?? false });
}

/** What a turn is called, what it wishes, and how it is put into words. Pure. */
import type { ReplyWishes } from "../../agent/reply-extras.ts";
import type { TurnOutcome } from "../../agent/run-turn.ts";
import type { TranscriptMessage } from "../../ports.ts";
import type { Session } from "../../sessions/session-store.ts";
import type { Turn } from "../../sessions/turn.ts";
import type { ReplyFiles } from "../media-flow.ts";

export function userMessage(prompt: string, timestamp: number): TranscriptMessage {
  return { role: "user", content: [{ type: "text", text: prompt }], timestamp };
}

/** What a chat reads: the words of the reply, and a line about each file that could not be had. */
export function inWords(outcome: TurnOutcome, { failures }: ReplyFiles): TurnOutcome {
  if (outcome.kind !== "done" || outcome.reply.media.length === 0) return outcome;
  return { ...outcome, text: [outcome.reply.text, failures.join("\n")].filter((part) => part !== "").join("\n\n") };
}

export function tooManyAttempts(attempts: number): TurnOutcome {
  const message = `This turn was begun ${attempts} times and the gateway stopped each time; it is not begun again.`;
  return { kind: "failed", message, reason: "internal", error: message };
}

export function identityOf(turn: Turn): { runId: string; sessionKey: string; agentId: string } {
  const { runId, sessionKey, agentId } = turn;
  return { runId, sessionKey, agentId };
}

/** What was asked for with the message goes before what is set for the session. */
export function wishesOf({ request }: Turn, { verboseLevel, reasoningLevel, responseUsage }: Session): ReplyWishes {
  const { verbose = verboseLevel, reasoning = reasoningLevel } = request;
  return { verbose, reasoning, usage: responseUsage };
}

export function chosenModel(session: Session): { model?: string; thinking?: string } {
  const { model, thinkingLevel } = session;
  return {
    ...(model === undefined ? {} : { model }),
    ...(thinkingLevel === undefined ? {} : { thinking: thinkingLevel }),
  };
}

import { type Agent, AgentError, type CompactionWish, type TranscriptMessage } from "../../ports.ts";
import type { TurnOutcome } from "../../agent/run-turn.ts";

const NOTHING_TO_DO = "There is nothing to summarise here yet.";

/** What the summary of a session came to; tokens are estimates. */
export interface Compaction {
  /** How many messages stay as they are. */
  readonly kept: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** The agent as one whose turns summarise. */
export function compacting(agent: Agent, wish: CompactionWish): Pick<Agent, "runTurn"> {
  return {
    runTurn(turn, signal) {
      if (agent.compact) return agent.compact(turn, wish, signal);
      throw new AgentError("invalid-request", "The agent of this gateway can not summarise a conversation.");
    },
  };
}

/** What became of a turn that summarised its session; undefined when nothing was summarised. */
export function compactionOf(outcome: TurnOutcome, history: readonly TranscriptMessage[]): Compaction | undefined {
  if (outcome.kind !== "done") return undefined;
  const entry = outcome.messages.find((message) => message.role === "compaction");
  if (!entry) return undefined;
  const { keptSince, tokensBefore, tokensAfter } = entry;
  const kept = history.filter(({ role, timestamp }) => role !== "compaction" && timestamp >= keptSince).length;
  return { kept, tokensBefore, tokensAfter };
}

/** The same outcome in words for the person who asked. */
export function inWordsOf(outcome: TurnOutcome, compaction: Compaction | undefined): TurnOutcome {
  if (outcome.kind !== "done") return outcome;
  if (!compaction) return { ...outcome, text: NOTHING_TO_DO };
  const { tokensBefore, tokensAfter } = compaction;
  return { ...outcome, text: `🧹 Summarised: about ${tokensBefore} tokens became ${tokensAfter}.` };
}

import type { Agent, AgentTurn, CompactionWish, TranscriptMessage, TurnPart } from "../../src/ports.ts";

const USAGE = { input: 3, output: 5, cacheRead: 0, cacheWrite: 0, total: 8 };

/** What the agent does with a turn. */
export type Script = (turn: AgentTurn, signal: AbortSignal) => AsyncIterable<TurnPart>;

/** An agent without a model: answers "Echo: <prompt>" unless a script says otherwise. Remembers its turns. */
export class ScriptedAgent implements Agent {
  readonly turns: AgentTurn[] = [];
  script: Script = (turn) => sayParts(`Echo: ${turn.prompt}`);

  async *runTurn(turn: AgentTurn, signal: AbortSignal): AsyncIterable<TurnPart> {
    this.turns.push(turn);
    yield { type: "model", provider: "scripted", model: "test" };
    yield* this.script(turn, signal);
  }

  /** The last thing asked of `compact`. */
  compacted: { readonly turn: AgentTurn; readonly wish: CompactionWish } | undefined;

  async *compact(turn: AgentTurn, wish: CompactionWish): AsyncIterable<TurnPart> {
    this.compacted = { turn, wish };
    yield { type: "model", provider: "scripted", model: "test" };
    const old = turn.history.slice(0, -(wish.keepMessages ?? 0) || undefined);
    const last = old.at(-1);
    if (!last) {
      yield finishPart([]);
      return;
    }
    const text = `Summary of ${old.length} messages.`;
    yield { type: "compaction", summary: text, tokensBefore: 90, tokensAfter: 10 };
    const content = [{ type: "text", text }] as const;
    const keptSince = turn.history[old.length]?.timestamp ?? last.timestamp + 1;
    yield finishPart([{ role: "compaction", content, timestamp: 2, keptSince, tokensBefore: 90, tokensAfter: 10 }]);
  }

  async listModels() {
    const input = ["text"] as const;
    return [{ id: "test", name: "Test", provider: "scripted", contextWindow: 8_000, reasoning: false, input }];
  }

  defaultModel(): string {
    return "scripted/test";
  }
}

/** The parts of a turn that says one text, in two pieces. */
export async function* sayParts(text: string): AsyncIterable<TurnPart> {
  const middle = Math.ceil(text.length / 2);
  for (const delta of [text.slice(0, middle), text.slice(middle)]) if (delta !== "") yield { type: "text", delta };
  yield finishPart([{ role: "assistant", content: [{ type: "text", text }], timestamp: 1, stopReason: "stop" }]);
}

export function finishPart(messages: readonly TranscriptMessage[]): TurnPart {
  return { type: "finish", reason: "stop", usage: USAGE, messages };
}

/** A turn that goes on until it is aborted. Resolves `begun` once it runs. */
export function hangingScript(): { script: Script; begun: Promise<void> } {
  const begun = Promise.withResolvers<void>();
  const script: Script = async function* (_turn, signal) {
    yield { type: "text", delta: "So far" };
    begun.resolve();
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  };
  return { script, begun: begun.promise };
}

import {
  type Agent,
  AgentError,
  type AgentTurn,
  type Timer,
  type Clock,
  type TokenUsage,
  type TranscriptMessage,
} from "../ports.ts";
import { joinReplies, parseReply, type Reply, withoutMedia } from "./reply-text.ts";
import type { TurnEvents } from "./turn-events.ts";

/** Partial text beyond this is not kept; a model that streams without end is aborted by the turn's own limit. */
const MAX_TEXT_LENGTH = 2_000_000;

/** Thoughts beyond this are told to clients as they come, but not kept. */
const MAX_REASONING_LENGTH = 100_000;

/** Why a running turn was stopped from outside. */
export type StopReason = "rpc" | "stop" | "timeout" | "shutdown";

/** Carried by the abort signal of a turn. */
export class TurnStopped extends Error {
  override readonly name = "TurnStopped";
  readonly stopReason: StopReason;

  constructor(stopReason: StopReason) {
    super(`The turn was stopped (${stopReason}).`);
    this.stopReason = stopReason;
  }
}

/** How the agent's part of a turn went. Nothing is written down yet. */
export type TurnOutcome =
  | {
      readonly kind: "done";
      /** What is shown and sent; empty for a silent reply. */
      readonly text: string;
      /** What the model's text asks for. */
      readonly reply: Reply;
      /** What the model thought, as far as it says; may be long. */
      readonly reasoning: string;
      readonly stopReason: string;
      readonly provider: string;
      readonly model: string;
      readonly usage: TokenUsage;
      readonly messages: readonly TranscriptMessage[];
    }
  | { readonly kind: "stopped"; readonly stopReason: StopReason; readonly partialText: string }
  | { readonly kind: "failed"; readonly message: string; readonly reason: string; readonly error: unknown };

export interface RunTurnInput {
  readonly agent: Pick<Agent, "runTurn">;
  readonly turn: AgentTurn;
  readonly events: TurnEvents;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborted with a TurnStopped by whoever wants the turn to end. */
  readonly signal: AbortSignal;
}

/** Drives the agent through one turn and tells clients as it goes. Never throws: every end is an outcome. */
export async function runTurn(input: RunTurnInput): Promise<TurnOutcome> {
  const timeout = new AbortController();
  using _timer: Timer = input.clock.setTimeout(() => timeout.abort(new TurnStopped("timeout")), input.timeoutMs);
  const signal = AbortSignal.any([input.signal, timeout.signal]);
  try {
    return await followParts(input, signal);
  } catch (error) {
    if (signal.aborted) {
      const reason: unknown = signal.reason;
      const stopReason = reason instanceof TurnStopped ? reason.stopReason : "shutdown";
      return { kind: "stopped", stopReason, partialText: input.events.text };
    }
    if (error instanceof AgentError) return { kind: "failed", message: error.message, reason: error.reason, error };
    return {
      kind: "failed",
      message: "The agent failed on an internal error; the gateway's log names the cause (openclaw logs).",
      reason: "internal",
      error,
    };
  }
}

async function followParts({ agent, turn, events }: RunTurnInput, signal: AbortSignal): Promise<TurnOutcome> {
  let provider = "";
  let model = "";
  let reasoning = "";
  for await (const part of untilAborted(agent.runTurn(turn, signal), signal)) {
    switch (part.type) {
      case "model":
        ({ provider, model } = part);
        events.model(part);
        break;
      case "text":
        if (events.text.length + part.delta.length > MAX_TEXT_LENGTH) {
          throw new AgentError("invalid-request", `The model wrote more than ${MAX_TEXT_LENGTH} characters.`);
        }
        events.textDelta(part.delta);
        break;
      case "reasoning":
        if (reasoning.length < MAX_REASONING_LENGTH) reasoning += part.delta;
        events.reasoningDelta(part.delta);
        break;
      case "compaction":
        events.compaction(part.tokensBefore, part.tokensAfter);
        break;
      case "tool-call":
        events.toolCall(part.toolCallId, part.name, part.input);
        break;
      case "tool-result":
        events.toolResult(part.toolCallId, part.name, part.result);
        break;
      case "finish": {
        const reply = replyOf(part.messages);
        return {
          kind: "done",
          text: withoutMedia(reply),
          reply,
          reasoning,
          stopReason: part.reason,
          provider,
          model,
          usage: part.usage,
          messages: part.messages,
        };
      }
    }
  }
  throw new AgentError("internal", "The agent ended its turn without an answer.");
}

/** What the assistant messages of a turn come to. */
function replyOf(messages: readonly TranscriptMessage[]): Reply {
  const answers = messages.filter((message) => message.role === "assistant");
  const texts = answers.map(({ content }) =>
    content.map((block) => (block.type === "text" ? block.text : "")).join(""),
  );
  return joinReplies(texts.filter((text) => text.trim() !== "").map((text) => parseReply(text)));
}

/** Ends the iteration as soon as the signal aborts, even when the source does not listen to it. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) throw signal.reason;
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    while (true) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Not awaited: a source that hangs must not hold the turn. Its failure after the end concerns nobody.
    iterator.return?.().catch(() => {});
  }
}

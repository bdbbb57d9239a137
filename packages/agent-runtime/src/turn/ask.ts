import { AgentError, type BoundTool, type TurnPart } from "@openclaw/gateway-core/ports";

import { boundHistory, type FixedParts } from "../history/bound.ts";
import type { ConversationMessage } from "../history/conversation.ts";
import type { ModelProvider } from "../providers/provider.ts";
import type { ThinkingLevel } from "../settings.ts";
import type { Answer, RequestedCall } from "./answer.ts";
import type { Compactor } from "./summary/compaction.ts";
import type { ModelSequence } from "./model-sequence.ts";
import type { TurnRecord } from "./turn-record.ts";

export interface Question {
  /** The system prompt for the model of this reference, with these tools. */
  readonly systemFor: (reference: string, tools: readonly BoundTool[]) => string;
  /** What came before the turn. */
  readonly earlier: Compactor;
  /** The prompt and what the turn has added to it. */
  readonly current: readonly ConversationMessage[];
  /** What the turn may call; a model is offered those that are for it. */
  readonly tools: readonly BoundTool[];
  readonly thinking: ThinkingLevel;
  /** The conversation as a model gets to read it, with old tool results shortened. */
  readonly pruned: (
    conversation: readonly ConversationMessage[],
    contextWindow: number,
  ) => readonly ConversationMessage[];
  /** What the model does before the older part of the conversation is summarised. */
  readonly beforeSummary: (provider: ModelProvider, fixed: FixedParts) => AsyncIterable<TurnPart>;
}

export interface Asking {
  readonly record: TurnRecord;
  readonly signal: AbortSignal;
}

/** No answer for people is this long: a model that gets here repeats itself without end. */
const MAX_ANSWER_CHARS = 1_000_000;

/** Asks the current model, and after a failure the next one, as long as nothing was said yet. */
export async function* ask(
  question: Question,
  models: ModelSequence,
  asking: Asking,
): AsyncGenerator<TurnPart, Answer> {
  for (;;) {
    const progress = { isSpoken: false };
    let asked: ModelProvider | undefined;
    try {
      const provider = await models.current();
      if (asking.record.announce(provider)) {
        const instead = models.left === undefined ? {} : { insteadOf: models.left };
        yield { type: "model", provider: provider.provider, model: provider.model, ...instead };
      }
      asked = provider;
      const fixed = fixedParts(question, provider);
      if (question.earlier.isNeeded(fixed, provider.contextWindow)) {
        yield* question.beforeSummary(provider, fixed);
        yield* question.earlier.compact(provider, fixed, asking.signal);
      }
      const answer = yield* askOne(question, provider, { ...asking, progress });
      models.succeeded();
      return answer;
    } catch (error) {
      asking.signal.throwIfAborted();
      if (!(error instanceof AgentError)) throw error;
      // The provider counts differently than the estimate: with less before the turn the same question may fit.
      if (asked !== undefined && error.reason === "context-length" && !progress.isSpoken) {
        if (yield* question.earlier.compact(asked, fixedParts(question, asked), asking.signal)) continue;
      }
      models.giveUp(error, progress.isSpoken);
    }
  }
}

async function* askOne(
  question: Question,
  provider: ModelProvider,
  { record, signal, progress }: Asking & { readonly progress: { isSpoken: boolean } },
): AsyncGenerator<TurnPart, Answer> {
  const { earlier, current, thinking } = question;
  const { system, tools } = fixedParts(question, provider);
  const pruned = question.pruned(earlier.conversation, provider.contextWindow);
  const kept = boundHistory(pruned, { system, tools, current }, provider.contextWindow);
  const calls: RequestedCall[] = [];
  let text = "";
  for await (const part of provider.stream({ system, messages: [...kept, ...current], tools, thinking }, signal)) {
    switch (part.type) {
      case "text":
        if (text.length > MAX_ANSWER_CHARS) throw endless(provider);
        progress.isSpoken = true;
        yield record.text(part.delta, text === "");
        text += part.delta;
        break;
      case "reasoning":
        yield { type: "reasoning", delta: part.delta };
        break;
      case "tool-call": {
        const { type: _type, ...call } = part;
        calls.push(call);
        break;
      }
      case "finish": {
        const { reason, usage, native } = part;
        return { text, calls, reason, usage, native, provider: provider.provider, model: provider.model };
      }
    }
  }
  throw new AgentError("internal", `${provider.reference}: the answer ended without a finish.`);
}

function fixedParts(question: Question, provider: ModelProvider): FixedParts {
  const tools = toolsFor(question.tools, provider);
  return { system: question.systemFor(provider.reference, tools), tools, current: question.current };
}

/** The tools that a model may have. */
export function toolsFor(
  tools: readonly BoundTool[],
  { provider, model }: { readonly provider: string; readonly model: string },
): readonly BoundTool[] {
  return tools.filter((tool) => tool.isFor?.({ provider, model }) ?? true);
}

function endless({ reference, provider, model }: ModelProvider): AgentError {
  const message = `${reference}: the answer grew beyond ${MAX_ANSWER_CHARS} characters and was stopped.`;
  return new AgentError("invalid-request", message, { provider, model });
}

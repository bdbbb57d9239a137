import type { Clock, JsonSchema, Logger, TokenUsage } from "@openclaw/gateway-core/ports";

import type { ConversationMessage, NativeMessage } from "../history/conversation.ts";
import type { ThinkingLevel } from "../settings.ts";
import { addCost } from "./cost.ts";

/** A tool as a model sees it. */
export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
}

/** One question to a model: a conversation in, one assistant message out. */
export interface ModelCall {
  readonly system: string;
  readonly messages: readonly ConversationMessage[];
  readonly tools: readonly ToolOffer[];
  readonly thinking: ThinkingLevel;
}

/** What a model's answer is made of, in order. Exactly one `finish` ends an answer that does not throw. */
export type ModelPart =
  | { readonly type: "text"; readonly delta: string }
  | { readonly type: "reasoning"; readonly delta: string }
  | {
      readonly type: "tool-call";
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
      /** Why the input can not be used, when it can not. */
      readonly problem?: string;
    }
  | {
      readonly type: "finish";
      /** "stop", "length", "content-filter", "tool-calls" or another word of the provider. */
      readonly reason: string;
      readonly usage: TokenUsage;
      readonly native?: NativeMessage;
    };

/** One model, ready to be asked. Throws AgentError; an aborted signal ends an answer at once with the reason. */
export interface ModelProvider {
  readonly provider: string;
  readonly model: string;
  /** "provider/model". */
  readonly reference: string;
  /** In tokens. */
  readonly contextWindow: number;
  stream(call: ModelCall, signal: AbortSignal): AsyncIterable<ModelPart>;
}

/** What a provider takes from its surroundings. */
export interface ProviderHost {
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetch: typeof globalThis.fetch;
}

export const NO_USAGE: TokenUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };

export function addUsage(left: TokenUsage, right: TokenUsage): TokenUsage {
  return {
    input: left.input + right.input,
    output: left.output + right.output,
    cacheRead: left.cacheRead + right.cacheRead,
    cacheWrite: left.cacheWrite + right.cacheWrite,
    total: left.total + right.total,
    ...addCost(left.cost, right.cost),
  };
}

import { AgentError, type Clock, joinSignals, type Logger, type TokenUsage } from "@openclaw/gateway-core/ports";
import {
  jsonSchema,
  type JSONSchema7,
  type LanguageModelUsage,
  stepCountIs,
  streamText,
  type StreamTextResult,
  tool,
  type ToolSet,
} from "ai";

import type { NativeMessage } from "../../history/conversation.ts";
import type { ModelEndpoint } from "../../models/resolve.ts";
import { IdleTimer } from "../idle-timer.ts";
import { withCost } from "../cost.ts";
import type { ModelCall, ModelPart, ModelProvider, ToolOffer } from "../provider.ts";
import { toAgentError, withoutSecrets } from "./failure.ts";
import type { LanguageModels } from "./language-models.ts";
import { toModelMessages } from "./model-messages.ts";
import { modelOptions } from "./model-options.ts";

type StepResult = StreamTextResult<ToolSet, Record<string, unknown>, never>;
type StepPart = StepResult["stream"] extends AsyncIterable<infer Part> ? Part : never;

export interface AiSdkRoom {
  readonly clock: Clock;
  readonly log: Logger;
  readonly models: LanguageModels;
  /** How long the model may stay completely silent. */
  readonly idleTimeoutMs: number;
}

/** A model behind the AI SDK. Asks once: retries, fallbacks and the tool loop are the turn's business. */
export class AiSdkProvider implements ModelProvider {
  readonly provider: string;
  readonly model: string;
  readonly reference: string;
  readonly contextWindow: number;
  readonly #endpoint: ModelEndpoint;
  readonly #room: AiSdkRoom;

  constructor(endpoint: ModelEndpoint, room: AiSdkRoom) {
    this.provider = endpoint.provider;
    this.model = endpoint.id;
    this.reference = endpoint.reference;
    this.contextWindow = endpoint.contextWindow;
    this.#endpoint = endpoint;
    this.#room = room;
  }

  async *stream(call: ModelCall, signal: AbortSignal): AsyncGenerator<ModelPart> {
    const { clock, idleTimeoutMs } = this.#room;
    // Aborted at the end whatever happens, so that no connection outlives the answer.
    const ended = new AbortController();
    using idle = new IdleTimer(clock, idleTimeoutMs);
    using within = joinSignals(signal, idle.signal, ended.signal);
    try {
      signal.throwIfAborted();
      yield* this.#answer(call, within.signal, () => idle.touch());
    } catch (error) {
      signal.throwIfAborted();
      if (idle.signal.aborted) throw this.#silent(idleTimeoutMs);
      throw this.#explain(error);
    } finally {
      ended.abort();
    }
  }

  async *#answer(call: ModelCall, abortSignal: AbortSignal, onActivity: () => void): AsyncGenerator<ModelPart> {
    const model = await this.#room.models.get(this.#endpoint);
    const result = this.#room.models.watch(onActivity, () =>
      streamText({
        model,
        instructions: call.system,
        messages: toModelMessages(call.messages, this.#endpoint),
        tools: toolSet(call.tools),
        stopWhen: stepCountIs(1),
        maxRetries: 0,
        abortSignal,
        onError: () => {},
        ...modelOptions(this.#endpoint, call.thinking),
      }),
    );
    const finish = yield* readParts(result.stream, abortSignal);
    if (finish.finishReason === "error" || finish.finishReason === "interrupted") throw new BrokenOff();
    const { messages } = await result.response;
    const spoken = messages.filter((message) => message.role === "assistant");
    const native: NativeMessage = { reference: this.reference, messages: spoken };
    yield {
      type: "finish",
      reason: finish.finishReason,
      usage: withCost(tokenUsage(finish.usage), this.#endpoint.cost),
      native,
    };
  }

  #explain(thrown: unknown): AgentError {
    const failure = toAgentError(thrown, this.#endpoint, this.#room.clock.now());
    if (failure.reason === "internal" && thrown instanceof Error && thrown !== failure) {
      const stack = withoutSecrets(thrown.stack ?? thrown.message, this.#endpoint);
      this.#room.log.error("a model call failed inside the gateway", { model: this.reference, stack });
    }
    return failure;
  }

  #silent(idleTimeoutMs: number): AgentError {
    const seconds = Math.round(idleTimeoutMs / 1000);
    return new AgentError(
      "network",
      `${this.reference}: the model sent nothing for ${seconds} s and was given up. Try again; if it happens often, check the connection to the provider.`,
      { provider: this.provider, model: this.model },
    );
  }
}

/** The stream ended in order and yet without a last word. */
class BrokenOff extends Error {
  override readonly name = "BrokenOff";
}

type FinishStep = Extract<StepPart, { type: "finish-step" }>;

/** Passes the parts on and returns the one that ends the step. The SDK ends the stream at once on an abort. */
async function* readParts(
  stream: AsyncIterable<StepPart>,
  abortSignal: AbortSignal,
): AsyncGenerator<ModelPart, FinishStep> {
  let finish: FinishStep | undefined;
  for await (const part of stream) {
    abortSignal.throwIfAborted();
    if (part.type === "error") throw part.error;
    if (part.type === "finish-step") finish = part;
    const translated = translate(part);
    if (translated !== undefined) yield translated;
  }
  abortSignal.throwIfAborted();
  if (finish === undefined) throw new BrokenOff();
  return finish;
}

function translate(part: StepPart): ModelPart | undefined {
  switch (part.type) {
    case "text-delta":
      return part.text === "" ? undefined : { type: "text", delta: part.text };
    case "reasoning-delta":
      return part.text === "" ? undefined : { type: "reasoning", delta: part.text };
    case "tool-call": {
      const { toolCallId: id, toolName: name } = part;
      const input: unknown = part.input;
      const isBroken = part.dynamic === true && part.invalid === true && typeof input === "string";
      return {
        type: "tool-call",
        id,
        name,
        input,
        ...(isBroken ? { problem: "The arguments are not valid JSON." } : {}),
      };
    }
    default:
      return undefined;
  }
}

/** Without an execute function the SDK hands calls over instead of making them. */
function toolSet(offers: readonly ToolOffer[]): ToolSet {
  return Object.fromEntries(
    offers.map(({ name, description, parameters }) => [
      name,
      tool({ description, inputSchema: jsonSchema(isObjectSchema(parameters) ? parameters : { type: "object" }) }),
    ]),
  );
}

function isObjectSchema(schema: unknown): schema is JSONSchema7 {
  return typeof schema === "object" && schema !== null && "type" in schema && schema.type === "object";
}

/** Input is counted without what came from a cache, as the transcript has it. */
function tokenUsage(usage: LanguageModelUsage): TokenUsage {
  const { cacheReadTokens: cacheRead = 0, cacheWriteTokens: cacheWrite = 0, noCacheTokens } = usage.inputTokenDetails;
  const input = noCacheTokens ?? Math.max(0, (usage.inputTokens ?? 0) - cacheRead - cacheWrite);
  const output = usage.outputTokens ?? 0;
  return { input, output, cacheRead, cacheWrite, total: input + output + cacheRead + cacheWrite };
}

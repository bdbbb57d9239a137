import type { Logger } from "@openclaw/gateway-core/ports";
import { type LanguageModelMiddleware, wrapLanguageModel } from "ai";

import type { ModelEndpoint } from "../../models/resolve.ts";
import type { ThinkingLevel } from "../../settings.ts";

/** A model object of the AI SDK. Never a name: those are looked up at a service of the SDK's maker. */
export type ModelObject = Parameters<typeof wrapLanguageModel>[0]["model"];

/** The settings of a call that depend on the model. */
export function modelOptions(endpoint: ModelEndpoint, thinking: ThinkingLevel) {
  const { maxOutputTokens, temperature } = endpoint;
  const reasoning = reasoningOption(endpoint, thinking);
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(reasoning === undefined ? {} : { reasoning }),
    providerOptions: {
      // Conversations stay with the gateway: nothing is left stored at the provider. Summaries of reasoning are
      // refused to accounts that are not verified, so none are asked for.
      openai: { store: false, reasoningSummary: null },
      // Marks the end of the prompt as cached: the next call of the conversation pays a tenth for it.
      ...(isAnthropicItself(endpoint) ? { anthropic: { cacheControl: { type: "ephemeral" } } } : {}),
    },
  };
}

function reasoningOption(
  endpoint: ModelEndpoint,
  thinking: ThinkingLevel,
): Exclude<ThinkingLevel, "off"> | "none" | undefined {
  if (!endpoint.reasoning) return undefined;
  if (thinking !== "off") return thinking;
  // Many servers of this API know no word for "off"; leaving the field out is what they understand.
  return endpoint.api === "openai-completions" ? undefined : "none";
}

function isAnthropicItself(endpoint: ModelEndpoint): boolean {
  return endpoint.api === "anthropic-messages" && URL.parse(endpoint.baseUrl)?.hostname === "api.anthropic.com";
}

type StreamWrapper = NonNullable<LanguageModelMiddleware["wrapStream"]>;
type ModelStream = Awaited<ReturnType<Parameters<StreamWrapper>[0]["doStream"]>>["stream"];
type StreamPart = ModelStream extends ReadableStream<infer Part> ? Part : never;

/** The AI SDK prints a model's warnings to the process's own output; here they go to the log. */
export function withoutWarnings(model: ModelObject, log: Logger): ModelObject {
  const toLog = (): TransformStream<StreamPart, StreamPart> =>
    new TransformStream({
      transform(part, controller) {
        if (part.type !== "stream-start" || part.warnings.length === 0) return controller.enqueue(part);
        log.debug("the model ignores a setting", { model: model.modelId, warnings: part.warnings });
        controller.enqueue({ ...part, warnings: [] });
      },
    });
  const wrapStream: StreamWrapper = async ({ doStream }) => {
    const result = await doStream();
    return { ...result, stream: result.stream.pipeThrough(toLog()) };
  };
  return wrapLanguageModel({ model, middleware: { specificationVersion: "v4", wrapStream } });
}

import type { AgentModel } from "@openclaw/gateway-core/ports";

import { type AgentRuntimeSettings, DEFAULT_CONTEXT_TOKENS } from "../settings.ts";
import { KNOWN_MODELS, OFFLINE_MODEL } from "./known-models.ts";
import { hasUsableProvider } from "./provider-lookup.ts";
import { splitReference } from "./reference.ts";

/** Every model that can be used as things are: the configured ones, the known ones with a key, and the offline one. */
export function listModels(settings: AgentRuntimeSettings): readonly AgentModel[] {
  const byReference = new Map<string, AgentModel>();
  for (const model of [
    ...configuredModels(settings),
    ...knownModels(settings),
    ...namedModels(settings),
    OFFLINE_MODEL,
  ]) {
    const reference = `${model.provider}/${model.id}`;
    // The first description wins: what the operator wrote comes before what is built in.
    if (!byReference.has(reference)) byReference.set(reference, model);
  }
  return [...byReference.values()];
}

function configuredModels(settings: AgentRuntimeSettings): AgentModel[] {
  return Object.entries(settings.providers ?? {}).flatMap(([key, provider]) =>
    (provider.models ?? []).map((model) => ({
      id: model.id,
      name: model.name ?? model.id,
      provider: key.toLowerCase(),
      contextWindow: model.contextWindow ?? fallbackWindow(settings),
      reasoning: model.reasoning ?? false,
      input: model.input ?? ["text"],
    })),
  );
}

function knownModels(settings: AgentRuntimeSettings): AgentModel[] {
  return KNOWN_MODELS.filter((model) => hasUsableProvider(model.provider, settings)).map(
    ({ aliases: _aliases, ...model }) => model,
  );
}

/** Models that `agents.defaults.models` names and nothing describes. */
function namedModels(settings: AgentRuntimeSettings): AgentModel[] {
  return Object.keys(settings.models ?? {}).flatMap((text): AgentModel[] => {
    const reference = splitReference(text);
    if (reference === undefined) return [];
    const { provider, model } = reference;
    return [
      { id: model, name: model, provider, contextWindow: fallbackWindow(settings), reasoning: false, input: ["text"] },
    ];
  });
}

function fallbackWindow(settings: AgentRuntimeSettings): number {
  return settings.defaults?.contextTokens ?? DEFAULT_CONTEXT_TOKENS;
}

import { AgentError } from "@openclaw/gateway-core/ports";

import { type AgentRuntimeSettings, agentSettings, type ModelChoice } from "../settings.ts";
import { KNOWN_MODELS, OFFLINE_MODEL } from "./known-models.ts";
import { hasUsableProvider } from "./provider-lookup.ts";
import { findEntry, formatReference, type ModelReference, parseReference, readReference } from "./reference.ts";

const OFFLINE: ModelReference = { provider: OFFLINE_MODEL.provider, model: OFFLINE_MODEL.id };

/**
 * The models a turn may use, in the order to try them: the one asked for, then the configured fallbacks, then the
 * configured primary. Throws AgentError("unknown-model") when the one asked for is not allowed.
 */
export function candidateModels(
  settings: AgentRuntimeSettings,
  agentId: string,
  asked?: string,
): readonly ModelReference[] {
  const { primary, fallbacks } = configuredChoice(settings, agentId);
  const first = primary ?? defaultReference(settings);
  if (asked === undefined) return distinct([first, ...fallbacks]);
  const wanted = parseReference(asked, settings.models);
  const configured = [...fallbacks, first];
  assertAllowed(wanted, settings, configured);
  return distinct([wanted, ...configured]);
}

/**
 * The model of an agent's turns that name none, as "provider/model". Never throws, because status pages show it: a
 * configured name that is no reference is given as it stands, and the turn says what is wrong with it.
 */
export function defaultModel(settings: AgentRuntimeSettings, agentId: string): string {
  const { primary = "" } = choiceOf(settings, agentId);
  const reference = primary.trim() === "" ? defaultReference(settings) : readReference(primary, settings.models);
  return reference === undefined ? primary : formatReference(reference);
}

function choiceOf(settings: AgentRuntimeSettings, agentId: string): Exclude<ModelChoice, string> {
  const choice = agentSettings(settings, agentId).model ?? {};
  return typeof choice === "string" ? { primary: choice } : choice;
}

function configuredChoice(
  settings: AgentRuntimeSettings,
  agentId: string,
): { primary: ModelReference | undefined; fallbacks: readonly ModelReference[] } {
  const { primary, fallbacks } = choiceOf(settings, agentId);
  const parse = (text: string): ModelReference => parseReference(text, settings.models);
  return {
    primary: primary === undefined || primary.trim() === "" ? undefined : parse(primary),
    fallbacks: (fallbacks ?? []).map((text) => parse(text)),
  };
}

/**
 * Without a configured model: the first model of the first configured provider, else the first known model whose
 * provider has a key, else the offline model.
 */
function defaultReference(settings: AgentRuntimeSettings): ModelReference {
  for (const [id, provider] of Object.entries(settings.providers ?? {})) {
    const [model] = provider.models ?? [];
    if (model !== undefined && hasUsableProvider(id.toLowerCase(), settings)) {
      return { provider: id.toLowerCase(), model: model.id };
    }
  }
  const known = KNOWN_MODELS.find((model) => hasUsableProvider(model.provider, settings));
  return known === undefined ? OFFLINE : { provider: known.provider, model: known.id };
}

function assertAllowed(
  wanted: ModelReference,
  settings: AgentRuntimeSettings,
  configured: readonly ModelReference[],
): void {
  const listed = Object.keys(settings.models ?? {});
  if (listed.length === 0 || findEntry(wanted, settings.models) !== undefined) return;
  if (configured.some((one) => formatReference(one) === formatReference(wanted))) return;
  throw new AgentError(
    "unknown-model",
    `The model "${formatReference(wanted)}" is not allowed. agents.defaults.models in the configuration lists: ${listed.join(", ")}.`,
    { provider: wanted.provider, model: wanted.model },
  );
}

function distinct(references: readonly ModelReference[]): ModelReference[] {
  return [...new Map(references.map((reference) => [formatReference(reference), reference])).values()];
}

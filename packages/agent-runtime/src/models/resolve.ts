import { AgentError } from "@openclaw/gateway-core/ports";

import {
  type AgentRuntimeSettings,
  type AgentSettings,
  DEFAULT_CONTEXT_TOKENS,
  type ModelApi,
  type ModelSettings,
} from "../settings.ts";
import { KNOWN_MODELS, OFFLINE_MODEL } from "./known-models.ts";
import { KNOWN_PROVIDERS, type KnownProvider } from "./known-providers.ts";
import { findProvider, type FoundProvider, isUsable } from "./provider-lookup.ts";
import { findEntry, formatReference, type ModelReference } from "./reference.ts";

/** What is known of a model once its provider is settled. */
export interface ModelFacts {
  readonly provider: string;
  readonly id: string;
  /** "provider/model". */
  readonly reference: string;
  /** In tokens. */
  readonly contextWindow: number;
  readonly reasoning: boolean;
  /** US dollars per million tokens. */
  readonly cost?: ModelSettings["cost"];
}

/** How to reach a model over the network. */
export interface ModelEndpoint extends ModelFacts {
  readonly api: ModelApi;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly authHeader: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxOutputTokens: number | undefined;
  readonly temperature: number | undefined;
  /** Where the key is set, for messages to people. */
  readonly keyRemedy: string;
}

export type ResolvedModel =
  | { readonly kind: "offline"; readonly facts: ModelFacts }
  | { readonly kind: "remote"; readonly facts: ModelFacts; readonly endpoint: ModelEndpoint };

/**
 * Settles everything about one model. Throws AgentError: "unknown-model" for a provider or model that nothing
 * describes, "no-credentials" for a provider that needs a key and has none.
 */
export function resolveModel(
  reference: ModelReference,
  settings: AgentRuntimeSettings,
  agent: AgentSettings,
): ResolvedModel {
  if (reference.provider === OFFLINE_MODEL.provider) return resolveOffline(reference);
  const provider = requireProvider(reference.provider, settings);
  const model = findModel(reference, provider);
  const known = KNOWN_MODELS.find((one) => one.provider === reference.provider && one.id === reference.model);
  const parameters = findEntry(reference, settings.models)?.params;
  const facts: ModelFacts = {
    provider: reference.provider,
    id: reference.model,
    reference: formatReference(reference),
    contextWindow: model?.contextWindow ?? known?.contextWindow ?? agent.contextTokens ?? DEFAULT_CONTEXT_TOKENS,
    reasoning: model?.reasoning ?? known?.reasoning ?? false,
    ...(model?.cost === undefined ? {} : { cost: model.cost }),
  };
  const apiKey = requireKey(reference, provider);
  return {
    kind: "remote",
    facts,
    endpoint: {
      ...facts,
      api: model?.api ?? provider.configured.api ?? provider.known?.api ?? "openai-completions",
      baseUrl: provider.baseUrl,
      apiKey,
      authHeader: provider.configured.authHeader ?? false,
      headers: provider.configured.headers ?? {},
      maxOutputTokens: parameters?.maxTokens ?? model?.maxTokens,
      temperature: parameters?.temperature,
      keyRemedy: keyRemedy(reference.provider, provider.known),
    },
  };
}

function resolveOffline(reference: ModelReference): ResolvedModel {
  const { id, provider, contextWindow, reasoning } = OFFLINE_MODEL;
  if (reference.model !== id) {
    throw new AgentError(
      "unknown-model",
      `There is no model "${formatReference(reference)}"; the offline model is "offline/echo".`,
      { provider, model: reference.model },
    );
  }
  return { kind: "offline", facts: { provider, id, reference: formatReference(reference), contextWindow, reasoning } };
}

function requireProvider(id: string, settings: AgentRuntimeSettings): FoundProvider {
  const provider = findProvider(id, settings);
  if (provider !== undefined) {
    assertAddress(id, provider.baseUrl);
    return provider;
  }
  const known = [...KNOWN_PROVIDERS.keys(), OFFLINE_MODEL.provider].join(", ");
  throw new AgentError(
    "unknown-model",
    `Unknown provider "${id}". Set models.providers.${id}.baseUrl in the configuration, or use one of: ${known}.`,
    { provider: id },
  );
}

/** The address is not quoted: it may hold a password, which is one of the things that can be wrong with it. */
function assertAddress(id: string, baseUrl: string): void {
  const url = URL.parse(baseUrl);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (isHttp && url.username === "" && url.password === "") return;
  throw new AgentError(
    "invalid-request",
    `models.providers.${id}.baseUrl is not an http or https address without user name and password. Put credentials in apiKey or headers.`,
    { provider: id },
  );
}

function requireKey(reference: ModelReference, provider: FoundProvider): string | undefined {
  if (isUsable(provider)) return provider.apiKey;
  throw new AgentError(
    "no-credentials",
    `No API key found for provider "${reference.provider}". ${keyRemedy(reference.provider, provider.known)}`,
    { provider: reference.provider, model: reference.model },
  );
}

function keyRemedy(id: string, known: KnownProvider | undefined): string {
  const inConfiguration = `models.providers.${id}.apiKey in the configuration`;
  const [variable] = known?.environment ?? [];
  return variable === undefined
    ? `Set ${inConfiguration}.`
    : `Set ${variable} in the gateway's environment, or ${inConfiguration}.`;
}

function findModel(reference: ModelReference, provider: FoundProvider): ModelSettings | undefined {
  const listed = provider.configured.models ?? [];
  const model = listed.find((one) => one.id === reference.model);
  if (model === undefined && provider.known === undefined && listed.length > 0) {
    throw new AgentError(
      "unknown-model",
      `Provider "${reference.provider}" has no model "${reference.model}". models.providers.${reference.provider}.models lists: ${listed.map((one) => one.id).join(", ")}.`,
      { provider: reference.provider, model: reference.model },
    );
  }
  return model;
}

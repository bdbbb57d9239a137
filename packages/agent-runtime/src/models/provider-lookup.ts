import type { AgentRuntimeSettings, ProviderSettings } from "../settings.ts";
import { KNOWN_PROVIDERS, type KnownProvider } from "./known-providers.ts";

/** A provider as the configuration and the built-in table describe it together. */
export interface FoundProvider {
  readonly known: KnownProvider | undefined;
  readonly configured: ProviderSettings;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
}

/** Undefined when nothing says where the provider is. */
export function findProvider(id: string, settings: AgentRuntimeSettings): FoundProvider | undefined {
  const known = KNOWN_PROVIDERS.get(id);
  const configured = configuredProvider(id, settings) ?? {};
  const baseUrl = filled(configured.baseUrl) ?? known?.baseUrl;
  if (baseUrl === undefined) return undefined;
  const apiKey = filled(configured.apiKey) ?? environmentKey(known, settings);
  return { known, configured, baseUrl: baseUrl.replace(/\/+$/u, ""), apiKey };
}

/** Whether the provider can be asked with what is configured: it has a key, or runs where none is needed. */
export function isUsable(provider: FoundProvider): boolean {
  return provider.apiKey !== undefined || !needsKey(provider);
}

/** Whether there is such a provider and it can be asked. */
export function hasUsableProvider(id: string, settings: AgentRuntimeSettings): boolean {
  const provider = findProvider(id, settings);
  return provider !== undefined && isUsable(provider);
}

/** A known provider at its own address needs a key. Somebody's own server may do without; it says so itself if not. */
function needsKey(provider: FoundProvider): boolean {
  return (
    provider.known !== undefined && provider.known.local !== true && filled(provider.configured.baseUrl) === undefined
  );
}

function configuredProvider(id: string, settings: AgentRuntimeSettings): ProviderSettings | undefined {
  return Object.entries(settings.providers ?? {}).find(([key]) => key.toLowerCase() === id)?.[1];
}

function environmentKey(known: KnownProvider | undefined, settings: AgentRuntimeSettings): string | undefined {
  for (const name of known?.environment ?? []) {
    const value = filled(settings.environment?.[name]);
    if (value !== undefined) return value;
  }
  return undefined;
}

function filled(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === undefined || trimmed === "" ? undefined : trimmed;
}

/** Where a provider is and the key it gets, as one text to compare; never to show. Empty for an unknown provider. */
export function accessOf({ provider }: { readonly provider: string }, settings: AgentRuntimeSettings): string {
  const found = findProvider(provider, settings);
  return found === undefined ? "" : `${found.baseUrl}\n${found.apiKey ?? ""}`;
}
